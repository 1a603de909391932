import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { build, formatDiagnostics } from '@isobar/compiler'
import { boot, type Running } from '@isobar/hosts'
import { afterAll, beforeAll, describe, test } from 'vitest'

import config from '../../isobar.config.ts'
import { eventDoorId } from '../runner/events/event-door.ts'
import { driveClickstream } from './clickstream.ts'
import { driveNightlyReport } from './nightly-report.ts'
import { driveOrderEvents } from './order-events.ts'
import { openServices, type Services } from './services.ts'

const examples = join(import.meta.dirname, '../../../examples')

/** Front doors make no difference to events: one target for each kind of event sources. */
const targets = [...new Map(config.targets.map((target) => [eventDoorId(target), target])).values()]

const drives: [
  name: string,
  kinds: ('queue' | 'topic' | 'storage' | 'stream' | 'schedule')[],
  variables: string[],
  drive: (running: Running, services: Services) => Promise<void>,
][] = [
  [
    'order-events',
    ['queue', 'topic', 'storage'],
    ['PAYMENTS_URL', 'MAIL_URL', 'STOCK_URL', 'BOOKS_URL'],
    driveOrderEvents,
  ],
  ['clickstream', ['stream'], ['COUNTERS_URL'], driveClickstream],
  ['nightly-report', ['schedule'], ['SALES_URL', 'REPORTS_URL'], driveNightlyReport],
]

describe.each(drives)('examples/%s', (name, kinds, variables, drive) => {
  const offering = targets.filter(({ capabilities }) => kinds.every((kind) => capabilities[kind] === true))
  let output = ''

  beforeAll(async () => {
    output = await mkdtemp(join(examples, name, '.isobar-'))
    const { diagnostics } = await build({
      cwd: join(examples, name),
      config: { name, functions: 'functions', targets: offering },
      outDir: output,
    })
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    assert.equal(formatDiagnostics(errors, { color: false }), '')
  })
  afterAll(() => rm(output, { recursive: true, force: true }))

  test.each(offering.map((target) => [eventDoorId(target), target] as const))('on %s', async (_, target) => {
    await using services = await openServices()
    const env = Object.fromEntries(variables.map((variable) => [variable, services.url]))
    await using running = await boot(target.platform, join(output, target.name), { env })
    await drive(running, services)
  })
})
