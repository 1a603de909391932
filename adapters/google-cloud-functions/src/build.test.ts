import { capabilityKeys } from '@isobar/core'
import { sampleEvents, samplePlan } from '@isobar/compiler/testing'
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
    expect(missingReferences(Object(terraform))).toEqual([])
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

describe('events', () => {
  const { queue, schedule, storage } = sampleEvents
  const emitted = target.emit(samplePlan('google-cloud-functions', [queue, schedule, storage]))
  const emittedFile = (path: string): unknown =>
    JSON.parse(emitted.files.find((one) => one.path === path)?.text ?? `"no ${path}"`)

  test('are a function each, with what it publishes by beside it', () => {
    const entries = new Map(emitted.entries.map((entry) => [entry.file, entry]))
    expect([...entries.keys()]).toEqual([
      'http/index.mjs',
      'report/index.mjs',
      'ship/index.mjs',
      'ship/google-auth.mjs',
      'nightly/index.mjs',
      'thumbnail/index.mjs',
      'thumbnail/google-auth.mjs',
    ])
    expect(entries.get('ship/index.mjs')).toEqual({
      functions: ['ship'],
      file: 'ship/index.mjs',
      handler: 'ship',
      source: [
        "import { http } from '@google-cloud/functions-framework'",
        "import { eventFunction, load, pubsubPush, topicPublisher } from '@isobar/google-cloud-functions'",
        '',
        "const events = await load('functions/events.ts', () => import('../../../functions/events.ts'))",
        '',
        "const publish = topicPublisher(() => import(new URL('google-auth.mjs', import.meta.url).href))",
        '',
        'http("ship", eventFunction({',
        '  target: "google-cloud-functions",',
        '  name: "ship",',
        '  definition: events.ship,',
        '  source: pubsubPush("queue"),',
        '  deadLetterTopic: "shop-ship-dead",',
        '  publish,',
        '  timeoutSeconds: 90,',
        '}))',
        '',
      ].join('\n'),
    })
    expect(emittedFile('ship/package.json')).toMatchObject({ name: 'shop-ship', main: 'index.mjs' })
  })

  test('are not for everybody, and know their project', () => {
    expect(emittedFile('main.tf.json')).toMatchObject({
      resource: {
        google_cloudfunctions2_function: {
          ship: {
            name: 'shop-ship',
            service_config: {
              timeout_seconds: 90,
              ingress_settings: 'ALLOW_INTERNAL_ONLY',
              service_account_email: '${google_service_account.events.email}',
              environment_variables: { GOOGLE_CLOUD_PROJECT: '${var.project}' },
            },
          },
        },
        google_cloud_run_service_iam_member: {
          http: { member: 'allUsers' },
          report: { member: 'allUsers' },
          ship: { member: '${google_service_account.events.member}' },
          nightly: { member: '${google_service_account.events.member}' },
          thumbnail: { member: '${google_service_account.events.member}' },
        },
      },
    })
    const text = JSON.stringify(emittedFile('main.tf.json'))
    expect(text.match(/allUsers/g)).toHaveLength(2)
  })

  test('go to the functions’ own URLs', () => {
    const url = (name: string): string => `\${google_cloudfunctions2_function.${name}.service_config[0].uri}`
    const service = '${google_cloudfunctions2_function.thumbnail.name}'
    expect(emittedFile('main.tf.json')).toMatchObject({
      resource: {
        google_pubsub_subscription: { ship: { push_config: { push_endpoint: url('ship') } } },
        google_cloud_scheduler_job: { nightly: { http_target: { uri: url('nightly') } } },
        google_eventarc_trigger: {
          'thumbnail-created': {
            destination: { cloud_run_service: { service, region: '${var.region}' } },
          },
        },
      },
    })
  })

  test('refer to nothing that is not defined', () => {
    const all = googleCloudFunctions().emit(samplePlan('google-cloud-functions', Object.values(sampleEvents)))
    const text = all.files.find(({ path }) => path === 'main.tf.json')?.text ?? ''
    expect(missingReferences(JSON.parse(text))).toEqual([])
    expect(all.diagnostics).toEqual([])
  })
})

/** Expressions of Terraform that name a block that is not there. */
function missingReferences(terraform: object): string[] {
  const text = JSON.stringify(terraform)
  const references = [
    ...[...text.matchAll(/\$\{((?:data\.)?[a-z]\w+\.[\w-]+)/g)].map(([, reference]) => reference ?? ''),
    ...[...text.matchAll(/"depends_on":(\[[^\]]*\])/g)].flatMap(([, list]): string[] => JSON.parse(list ?? '[]')),
  ].filter((reference) => !reference.startsWith('path.'))
  expect(references.length).toBeGreaterThan(5)
  return references.filter((reference) => {
    const path = reference.startsWith('var.') ? ['variable', reference.slice(4)] : reference.split('.')
    const from = path[0] === 'data' || path[0] === 'variable' ? path : ['resource', ...path]
    return from.reduce<unknown>((node, key) => Object(node)[key], terraform) === undefined
  })
}
