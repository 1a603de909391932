import { expect, test } from 'vitest'

import { manifest, queueFunction, storageFunction, topicFunction } from '../testing.ts'
import { findRoutes } from './routes.ts'
import { readEventSettings, type ConsumerSettings } from './settings.ts'

function consumers(...queues: string[]): ConsumerSettings[] {
  return readEventSettings({ queues: { consumers: queues.map((queue) => ({ queue })) } }, 'wrangler.jsonc').consumers
}

test("the function of a topic has the queue that bears its name and the topic's", () => {
  const functions = [topicFunction('mail', 'placed-long-ago'), topicFunction('late-mail', 'sent')]
  const queues = consumers('placed-long-ago', 'sent', 'sent-late-mail', 'placed-long-ago-mail')
  const routes = findRoutes(manifest([], functions), queues, [])
  expect(routes.map(({ source, functionName, entry, own }) => [source, functionName, entry, own])).toEqual([
    ['topic:placed-long-ago', 'mail', 'placed-long-ago', 'placed-long-ago-mail'],
    ['topic:sent', 'late-mail', 'sent', 'sent-late-mail'],
  ])
})

test('the queue of another source is never that of a function of a topic', () => {
  const functions = [topicFunction('mail', 'placed'), queueFunction('send', 'mail'), storageFunction('store', 'files')]
  const rule = { bucket: 'files', queue: 'files-mail', eventTypes: ['object-create'], prefix: '', suffix: '' }
  const routes = findRoutes(manifest([], functions), consumers('placed', 'mail', 'files-mail'), [rule])
  expect(routes.map(({ functionName, own }) => [functionName, own])).toEqual([
    ['mail', 'placed'],
    ['send', 'mail'],
    ['store', 'files-mail'],
  ])
})
