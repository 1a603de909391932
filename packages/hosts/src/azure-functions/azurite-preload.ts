import { createRequire } from 'node:module'

/**
 * Loaded first in Azurite's queue service. With each request it looks through all messages for those that have expired, and
 * 10,000 messages make that slow: a delete takes 12 ms among 4,000, of which a tenth is the delete. Messages that never
 * expire need no such look. Where another version of Azurite is built otherwise, it stays as slow as it is.
 */
const [, script = ''] = process.argv
const loaded: unknown = tryRequire('./persistence/LokiQueueMetadataStore.js')
const store = member(member(loaded, 'default'), 'prototype')
if (typeof member(store, 'clearExpiredMessages') === 'function' && typeof store === 'object' && store !== null) {
  Reflect.set(store, 'clearExpiredMessages', () => Promise.resolve())
}

function tryRequire(name: string): unknown {
  try {
    return createRequire(script)(name)
  } catch {
    return undefined
  }
}

function member(value: unknown, name: string): unknown {
  const holds = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return holds ? Reflect.get(value, name) : undefined
}
