import { capabilityKeys } from '@isobar/core'
import { samplePlan } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { googleCloudFunctions } from './build.ts'

const plan = samplePlan('google-cloud-functions')

const target = googleCloudFunctions({ timeoutSeconds: 90, origin: 'https://api.example.com' })

function file(path: string): unknown {
  return JSON.parse(target.emit(plan).files.find((one) => one.path === path)?.text ?? `"no ${path}"`)
}

test('the shim registers one function with the framework, which is not bundled', () => {
  const [entry, own] = target.emit(plan).entries
  expect(entry).toMatchObject({ file: 'http/index.mjs', handler: 'http', functions: ['get-order'] })
  expect(entry?.source).toBe(
    [
      "import { http } from '@google-cloud/functions-framework'",
      "import { httpFunction, load } from '@isobar/google-cloud-functions'",
      '',
      "const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))",
      '',
      'http("http", httpFunction({',
      '  target: "google-cloud-functions",',
      '  origin: "https://api.example.com",',
      '  timeoutSeconds: 90,',
      "  functions: { 'get-order': orders.getOrder },",
      '}))',
      '',
    ].join('\n'),
  )
  expect(own).toMatchObject({ file: 'report/index.mjs', handler: 'report', functions: ['report'] })
  expect(target.external).toContain('@google-cloud/functions-framework')
})

test('package.json stands beside each entry, with the framework', () => {
  for (const [folder, name] of [
    ['http', 'shop'],
    ['report', 'shop-report'],
  ]) {
    expect(file(`${folder}/package.json`)).toMatchObject({
      name,
      type: 'module',
      main: 'index.mjs',
      dependencies: { '@google-cloud/functions-framework': expect.stringMatching(/^\^5\./) },
    })
  }
})

describe('main.tf.json', () => {
  const terraform = file('main.tf.json')

  test('deploys each function from its folder, with its timeout and every route', () => {
    expect(terraform).toMatchObject({
      data: { archive_file: { report: { type: 'zip', source_dir: '${path.module}/report' } } },
      resource: {
        google_cloudfunctions2_function: {
          http: {
            name: 'shop',
            build_config: { entry_point: 'http', runtime: 'nodejs22' },
            service_config: { timeout_seconds: 90, environment_variables: { IGNORED_ROUTES: ' ' } },
          },
          report: { name: 'shop-report', build_config: { entry_point: 'report' } },
        },
      },
    })
  })

  test('refers to nothing that it does not define', () => {
    const text = JSON.stringify(terraform)
    const references = [...text.matchAll(/\$\{((?:data\.)?[a-z]\w+\.[\w-]+)/g)].map(([, reference]) => reference ?? '')
    const missing = references.filter((reference) => {
      if (reference.startsWith('path.')) return false
      const path = reference.startsWith('var.') ? ['variable', reference.slice(4)] : reference.split('.')
      const from = path[0] === 'data' || path[0] === 'variable' ? path : ['resource', ...path]
      return from.reduce<unknown>((node, key) => Object(node)[key], terraform) === undefined
    })
    expect(references.length).toBeGreaterThan(5)
    expect(missing).toEqual([])
  })
})

test('answers for every capability, with a source for each absence', () => {
  expect(Object.keys(target.capabilities).toSorted()).toEqual([...capabilityKeys].toSorted())
  const absences = Object.values(target.capabilities).filter((answer) => answer !== true)
  expect(absences.filter(({ source }) => !source.startsWith('https://'))).toEqual([])
  expect(target.limits.timeoutMs).toBe(90_000)
})

// https://docs.cloud.google.com/functions/docs/configuring/timeout
test('knows the limits of its options', () => {
  expect(target.options).toMatchObject({
    given: { timeoutSeconds: 90, origin: 'https://api.example.com' },
    known: {
      origin: { format: 'origin' },
      timeoutSeconds: { type: 'number', integer: true, min: 1, max: 3600 },
    },
  })
})
