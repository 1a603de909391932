import { capabilityKeys } from '@isobar/core'
import { samplePlan } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { cloudRun } from './build.ts'

const plan = samplePlan('cloud-run')

const target = cloudRun({ timeoutSeconds: 90, concurrency: 7 })

function text(path: string): string {
  return target.emit(plan).files.find((file) => file.path === path)?.text ?? `no ${path}`
}

describe('the shim', () => {
  test('loads the modules and serves', () => {
    const [entry] = target.emit(plan).entries
    expect(entry).toMatchObject({ file: 'server.mjs', functions: ['get-order'] })
    expect(entry?.source).toBe(
      [
        "import { load, serve } from '@isobar/cloud-run'",
        '',
        "const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))",
        '',
        'serve({',
        '  target: "cloud-run",',
        '  timeoutSeconds: 90,',
        "  functions: { 'get-order': orders.getOrder },",
        '})',
        '',
      ].join('\n'),
    )
  })

  test('has the origin of the config', () => {
    const [entry] = cloudRun({ origin: 'https://api.example.com' }).emit(plan).entries
    expect(entry?.source).toContain('  origin: "https://api.example.com",\n')
  })
})

describe('the Dockerfile', () => {
  // https://docs.docker.com/reference/dockerfile/
  const instructions = text('Dockerfile')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ', 1)[0])

  test('has instructions only, FROM first', () => {
    expect([...new Set(instructions)]).toEqual(['FROM', 'ENV', 'WORKDIR', 'COPY', 'USER', 'CMD'])
  })

  test('drops root, and makes node process 1', () => {
    expect(text('Dockerfile')).toContain('\nUSER node\n')
    expect(text('Dockerfile')).toContain('\nCMD ["node", "server.mjs"]\n')
  })

  test('copies what runs: not the files that are for deployment or reading', () => {
    const ignored = text('.dockerignore').split('\n')
    const { entries, files } = target.emit(plan)
    for (const { path } of files) expect(ignored).toContain(path)
    for (const { file } of entries) expect(ignored).not.toContain(file)
  })
})

test('service.yaml is one Knative service per deployable', () => {
  const services = parseAllDocuments(text('service.yaml')).map((document) => document.toJS())
  expect(services).toMatchObject([
    {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'shop' },
      spec: {
        template: {
          spec: {
            containerConcurrency: 7,
            timeoutSeconds: 90,
            containers: [{ command: ['node', 'server.mjs'], ports: [{ name: 'http1', containerPort: 8080 }] }],
          },
        },
      },
    },
    {
      metadata: { name: 'shop-report' },
      spec: { template: { spec: { containers: [{ command: ['node', 'report/server.mjs'] }] } } },
    },
  ])
})

test('answers for every capability, with a source for each absence', () => {
  expect(Object.keys(target.capabilities).toSorted()).toEqual([...capabilityKeys].toSorted())
  const absences = Object.values(target.capabilities).filter((answer) => answer !== true)
  expect(absences.filter(({ source }) => !source.startsWith('https://'))).toEqual([])
  expect(target.limits.timeoutMs).toBe(90_000)
})

// https://docs.cloud.google.com/run/docs/configuring/request-timeout
// https://docs.cloud.google.com/run/docs/about-concurrency
test('knows the limits of its options', () => {
  expect(target.options).toMatchObject({
    given: { timeoutSeconds: 90, concurrency: 7 },
    known: {
      origin: { format: 'origin' },
      timeoutSeconds: { type: 'number', integer: true, min: 1, max: 3600 },
      concurrency: { type: 'number', integer: true, min: 1, max: 1000 },
    },
  })
})
