import { setTimeout as sleep } from 'node:timers/promises'

import type { Capabilities } from '@isobar/core'

import type { ApplicationName, Exchange, Harness, LogEntry, RawRequest, RawResponse } from '../types.ts'
import { eventually } from './eventually.ts'
import { createRecorder } from './record.ts'
import type { OpenHarness } from './run-case.ts'

/** One booted application behind one front door, as the runner holds it. */
export interface BootedDoor {
  origin: string
  address: string
  front: 'vendor' | 'emulated'
  capabilities: Capabilities
  limits: Harness['limits']
  env: Readonly<Record<string, string>>
  logs: readonly LogEntry[]
  send(request: Uint8Array | RawRequest): Promise<RawResponse>
  open(request: Uint8Array | RawRequest): Promise<Exchange>
  stop(): Promise<void>
}

const quietMs = 50
const logWaitMs = 2000

/** The harness of one run of one case. */
export function createHarness(
  door: BootedDoor,
  start: (application: ApplicationName) => Promise<BootedDoor>,
): OpenHarness<Harness> {
  const recorder = createRecorder()
  const exchanges = new Set<Exchange>()
  const started = new Set<BootedDoor>()
  let closed = false

  function assertOpen(): void {
    if (closed) throw new Error('The case is over: its time was up, or it did not wait for what it began.')
  }

  function harnessOf(booted: BootedDoor): Harness {
    return {
      origin: booted.origin,
      address: booted.address,
      limits: booted.limits,
      door: { front: booted.front, capabilities: booted.capabilities },
      env: booted.env,
      async send(request) {
        assertOpen()
        return recorder.send(request, () => booted.send(request))
      },
      async open(request) {
        assertOpen()
        const exchange = await recorder.open(request, () => booted.open(request))
        exchanges.add(exchange)
        if (closed) exchange.destroy()
        return exchange
      },
      async logs(invocationId) {
        assertOpen()
        return settledLogs(booted, invocationId, () => closed)
      },
      allLogs: () => booted.logs,
      eventually: (assertion, timeoutMs) => eventually(assertion, () => closed, timeoutMs),
      async start(application) {
        assertOpen()
        const other = await start(application)
        started.add(other)
        if (closed) await other.stop()
        return harnessOf(other)
      },
    }
  }

  return {
    harness: harnessOf(door),
    text: recorder.text,
    async close() {
      closed = true
      for (const exchange of exchanges) exchange.destroy()
      await Promise.all([...started].map((other) => other.stop()))
      return true
    },
  }
}

async function settledLogs(door: BootedDoor, invocationId: string, closed: () => boolean): Promise<LogEntry[]> {
  const until = performance.now() + logWaitMs
  let found: LogEntry[] = []
  let changed = performance.now()
  while (performance.now() < until && !closed()) {
    const now = door.logs.filter((entry) => entry.fields !== undefined && entry.line.includes(invocationId))
    if (now.length !== found.length) changed = performance.now()
    found = now
    if (found.length > 0 && performance.now() - changed >= quietMs) break
    await sleep(10)
  }
  return found
}
