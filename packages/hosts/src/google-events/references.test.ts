import { describe, expect, it } from 'vitest'

import { folderWith } from '../testing.ts'
import { readTerraform, type Terraform } from './terraform.ts'

function read(files: Record<string, object>): Terraform {
  using folder = folderWith(
    Object.fromEntries(Object.entries(files).map(([name, content]) => [name, JSON.stringify(content)])),
  )
  return readTerraform(folder.path)
}

const module = {
  variable: { region: { default: 'us-east1' }, suffix: { default: 'x' }, secret: { type: 'string' } },
  locals: { name: 'shop-${var.suffix}' },
  data: { google_project: { current: {} } },
  resource: {
    google_pubsub_topic: { a: [{ name: '${local.name}', labels: { 'k-1': 'v' } }] },
    google_service_account: { i: { account_id: 'i' } },
    google_cloudfunctions2_function: {
      f: { name: 'shop-f', location: '${var.region}', service_config: { timeout_seconds: 9 } },
    },
    loop: { a: { name: '${loop.b.name}' }, b: { name: '${loop.a.name}' } },
  },
}

describe('references', () => {
  it.each([
    ['plain', 'plain'],
    ['$${kept}', '${kept}'],
    ['${var.region}/${ var.suffix }', 'us-east1/x'],
    ['${var.project}', 'local-project'],
    ['${google_pubsub_topic.a.id}', 'projects/local-project/topics/shop-x'],
    ['${google_pubsub_topic.a.name}', 'shop-x'],
    ['${google_pubsub_topic.a.labels["k-1"]}', 'v'],
    ['${google_service_account.i.email}', 'i@local-project.iam.gserviceaccount.com'],
    ['${data.google_project.current.number}', '123456789012'],
    ['${google_cloudfunctions2_function.f.url}', 'https://us-east1-local-project.cloudfunctions.net/shop-f'],
    ['${google_cloudfunctions2_function.f.service_config[0].uri}', 'https://shop-f-123456789012.us-east1.run.app'],
    ['${google_cloudfunctions2_function.f.service_config[0].timeout_seconds}', '9'],
  ])('resolves %s', (text, expected) => {
    expect(read({ 'main.tf.json': module }).resolve(text, 'here')).toBe(expected)
  })

  it.each([
    ['${var.secret}', 'the variable secret has no value'],
    ['${google_pubsub_topic.b.id}', 'no resource google_pubsub_topic.b is declared'],
    ['${data.google_project.other.number}', 'no data source google_project.other'],
    ['${google_pubsub_topic.a.nothing}', 'google_pubsub_topic has no attribute nothing that is known here'],
    ['${jsonencode(1)}', 'only references are known here'],
    ['${loop.a.name}', 'it refers to itself'],
    ['${local.none}', 'there is no such local value'],
  ])('says where and why it does not resolve %s', (text, expected) => {
    const { resolve } = read({ 'main.tf.json': module })
    expect(() => resolve(text, 'here')).toThrow(`here: ${text} cannot be resolved: ${expected}`)
  })
})

it('reads all files of a folder as one module', () => {
  const terraform = read({
    'a.tf.json': { resource: { google_pubsub_topic: { a: { name: '${local.n}' } } } },
    'b.tf.json': { locals: { n: 'orders' } },
  })
  expect(terraform.resources('google_pubsub_topic').map((one) => one.text('name'))).toEqual(['orders'])
  expect(terraform.resources('google_pubsub_subscription')).toEqual([])
})
