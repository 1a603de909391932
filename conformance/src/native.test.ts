import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { build, formatDiagnostics } from '@isobar/compiler'
import { boot } from '@isobar/hosts'
import { afterAll, beforeAll, test } from 'vitest'

import config from '../isobar.config.ts'

/** A handler that leaves the portable model on each platform, in one file (C7): none of it may hinder another target. */
const source = `
import { http } from '@isobar/core'
import { native as awsLambda } from '@isobar/aws-lambda'
import { native as azureFunctions } from '@isobar/azure-functions'
import { native as cloudRun } from '@isobar/cloud-run'
import { native as cloudflareWorkers } from '@isobar/cloudflare-workers'
import { native as googleCloudFunctions } from '@isobar/google-cloud-functions'

const paths = [
  ['aws-lambda', (context) => typeof awsLambda(context).event],
  ['azure-functions', (context) => typeof azureFunctions(context).request],
  ['cloud-run', (context) => typeof cloudRun(context).request],
  ['cloudflare-workers', (context) => typeof cloudflareWorkers(context).request],
  ['google-cloud-functions', (context) => typeof googleCloudFunctions(context).req],
]

export const who = http('/who', (request, context) => {
  const [platform, read] = paths.find(([name]) => context.target.startsWith(name))
  return new Response(platform + ' ' + read(context))
})
`

/** Below the suite's own folder, so that the adapters are found as in a user's project. */
let root = ''

beforeAll(async () => {
  root = await mkdtemp(join(import.meta.dirname, '..', '.isobar-native-'))
  await mkdir(join(root, 'functions'))
  await writeFile(join(root, 'functions', 'who.js'), source)
  const { diagnostics } = await build({
    cwd: root,
    config: { name: 'native', functions: 'functions', targets: config.targets },
    outDir: join(root, 'out'),
  })
  assert.equal(formatDiagnostics(diagnostics), '')
})
afterAll(() => rm(root, { recursive: true, force: true }))

test.each(config.targets.map((target) => [target.name, target] as const))(
  'a handler that knows the native event of every platform runs behind %s',
  async (name, target) => {
    await using running = await boot(target.platform, join(root, 'out', name))
    for (const door of running.doors) {
      const { body } = await door.send({ target: '/who' })
      assert.equal(new TextDecoder().decode(body), `${target.platform} object`)
    }
  },
)
