import { expect, it } from 'vitest'

import { folderWith } from '../testing.ts'
import { deadTopics } from './dead-topics.ts'
import { readTerraform } from './terraform.ts'
import { built, queueFunction, type Listening } from './testing.ts'

function storage(name: string, bucket: string): Listening {
  const resource = { logical: bucket, physical: bucket }
  return { ...built(name, 'server.mjs'), kind: 'storage', trigger: { bucket }, resource }
}

const functions = [
  queueFunction('ship', 'server.mjs'),
  storage('thumbnail', 'uploads'),
  storage('thumbnail-large', 'photos'),
]
const id = (topic: string): string => `projects/local-project/topics/${topic}`
const topics = new Map([['ship', { from: new Set([id('orders')]), dead: new Set([id('set-aside')]) }]])

function found(name: string, declared: string[], env: Record<string, string> = {}, own?: string): string[] {
  const resource = { google_pubsub_topic: Object.fromEntries(declared.map((topic) => [topic, { name: topic }])) }
  using folder = folderWith({ 'main.tf.json': JSON.stringify({ resource }) })
  const terraform = readTerraform(folder.path)
  const services = [{ functionAt: () => own, env }]
  return deadTopics(name, { manifest: { functions }, terraform, services, topics, pubSub: { hasTopic: () => true } })
}

it("is the dead-letter topic of a function's subscription, never the topic that it listens to", () => {
  expect(found('ship', ['orders', 'set-aside'])).toEqual([id('set-aside')])
})

it("is a topic with the function's name in its own, the longest of them", () => {
  const declared = ['shop-thumbnail-dead', 'shop-thumbnail-large-dead', 'thumbnails']
  expect(found('thumbnail', declared)).toEqual([id('shop-thumbnail-dead')])
  expect(found('thumbnail-large', declared)).toEqual([id('shop-thumbnail-large-dead')])
})

it('is a topic with the name of what it listens to', () => {
  expect(found('thumbnail', ['uploads-dead', 'photos-dead'])).toEqual([id('uploads-dead')])
})

it.each([
  ['in a variable of its own', { THUMBNAIL_TOPIC: id('a'), THUMBNAIL_LARGE_TOPIC: id('b') }, undefined],
  ['in JSON under its name', { TOPICS: JSON.stringify({ thumbnail: id('a'), 'thumbnail-large': id('b') }) }, undefined],
  ['in any variable where the service is its own', { TOPIC: 'a' }, 'thumbnail'],
])('is a topic that the environment gives it: %s', (_, env, own) => {
  expect(found('thumbnail', ['a', 'b', 'c'], env, own)).toEqual([id('a')])
})
