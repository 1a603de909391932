import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { build, formatDiagnostics } from '@isobar/compiler'
import { boot } from '@isobar/hosts'
import { afterAll, beforeAll, describe, test } from 'vitest'

import config from '../../isobar.config.ts'
import { driveHono } from './hono.ts'
import { driveOrders } from './orders.ts'

const examples = join(import.meta.dirname, '../../../examples')

/** Below the examples' own folder, so that what stays outside of a bundle is found as in a user's project. */
describe.each([
  ['orders', driveOrders],
  ['hono', driveHono],
])('examples/%s', (name, drive) => {
  let output = ''

  beforeAll(async () => {
    output = await mkdtemp(join(examples, name, '.isobar-'))
    const { diagnostics } = await build({
      cwd: join(examples, name),
      config: { name, functions: 'functions', targets: config.targets },
      outDir: output,
    })
    assert.equal(formatDiagnostics(diagnostics, { color: false }), '')
  })
  afterAll(() => rm(output, { recursive: true, force: true }))

  test.each(config.targets.map((target) => [target.name, target] as const))('behind %s', async (_, target) => {
    await using running = await boot(target.platform, join(output, target.name))
    for (const door of running.doors) await drive(door, target.capabilities)
  })
})
