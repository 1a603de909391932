import { capabilityKeys } from '@isobar/core'
import { samplePlan } from '@isobar/compiler/testing'
import { expect, test } from 'vitest'
import { cloudflareWorkers } from './build.ts'

const plan = samplePlan('cloudflare-workers')

function wrangler(path: string, target = cloudflareWorkers()): unknown {
  return JSON.parse(target.emit(plan).files.find((file) => file.path === path)?.text ?? `"no ${path}"`)
}

test('the shim is a Worker in module format', () => {
  const [entry, own] = cloudflareWorkers().emit(plan).entries
  expect(entry).toMatchObject({ file: 'worker.mjs', functions: ['get-order'] })
  expect(entry?.source).toBe(
    [
      "import { load, worker } from '@isobar/cloudflare-workers'",
      '',
      "const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))",
      '',
      'export default worker({',
      '  target: "cloudflare-workers",',
      "  functions: { 'get-order': orders.getOrder },",
      '})',
      '',
    ].join('\n'),
  )
  expect(own).toMatchObject({ file: 'report/worker.mjs', functions: ['report'] })
})

test('wrangler.jsonc deploys what is built, under a pinned date', () => {
  expect(wrangler('wrangler.jsonc')).toMatchObject({
    name: 'shop',
    main: 'worker.mjs',
    no_bundle: true,
    compatibility_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    compatibility_flags: ['enable_request_signal'],
  })
  expect(wrangler('report/wrangler.jsonc')).toMatchObject({ name: 'shop-report', main: 'worker.mjs' })
})

test('a flag of the user stands beside the adapter’s own, once', () => {
  const target = cloudflareWorkers({
    compatibilityDate: '2026-01-02',
    compatibilityFlags: ['nodejs_compat', 'enable_request_signal'],
  })
  expect(wrangler('wrangler.jsonc', target)).toMatchObject({
    compatibility_date: '2026-01-02',
    compatibility_flags: ['enable_request_signal', 'nodejs_compat'],
  })
})

test('answers for every capability, with a source for each absence', () => {
  const { capabilities } = cloudflareWorkers()
  expect(Object.keys(capabilities).toSorted()).toEqual([...capabilityKeys].toSorted())
  const absences = Object.values(capabilities).filter((answer) => answer !== true)
  expect(absences.filter(({ source }) => !source.startsWith('https://'))).toEqual([])
})

test('flags that are no array make a target all the same, since the compiler tells them', () => {
  const wrong = { compatibilityFlags: 7 }
  const target: ReturnType<typeof cloudflareWorkers> = Reflect.apply(cloudflareWorkers, undefined, [wrong])
  expect(wrangler('wrangler.jsonc', target)).toMatchObject({ compatibility_flags: ['enable_request_signal'] })
  expect(target.options).toMatchObject({
    given: wrong,
    known: { compatibilityDate: { format: 'date' }, compatibilityFlags: { type: 'string[]' } },
  })
})
