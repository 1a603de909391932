import type { ManifestFunction } from '@isobar/compiler'

import { queueFunction, text, type BootedWorker } from '../testing.ts'

// What the tests of queues share; not part of the package.

/** What a worker of these tests has seen, which it tells at its front door. */
export const recorder: string = `
  let seen = []
  const note = (value) => void seen.push(value)
  const tell = () => Response.json(seen)
`

/** Listens to the queue of `consumers`. */
export const ship: ManifestFunction = queueFunction('ship', 'orders', 'shop-orders')

/** The part of a configuration that has the Worker consume its queue. */
export function consumers(settings: object = {}): { queues: object } {
  return { queues: { consumers: [{ queue: 'shop-orders', ...settings }] } }
}

/** What the recorder noted. */
export async function seen(booted: BootedWorker): Promise<unknown> {
  return JSON.parse(text(await booted.door.send({})))
}

/** Messages with the bodies `0`, `1` and so on. */
export function numbers(count: number): { body: string }[] {
  return Array.from({ length: count }, (_, index) => ({ body: String(index) }))
}

/** Of each delivery: what came of its attempts, and how it ended. */
export function outcomes(booted: BootedWorker): (string | undefined)[][] {
  return booted.running.deliveries().map(({ attempts, end }) => [...attempts.map(({ outcome }) => outcome), end])
}
