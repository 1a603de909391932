import { capabilityKeys } from '@isobar/core'
import { sampleEvents, samplePlan } from '@isobar/compiler/testing'
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

describe('events', () => {
  const { queue, schedule, changes } = sampleEvents
  const withEvents = samplePlan('cloud-run', [queue, schedule, changes])
  const emitted = target.emit(withEvents)
  const emittedFile = (path: string): string => emitted.files.find((file) => file.path === path)?.text ?? `no ${path}`

  test('are served by the same server, which publishes what is rejected', () => {
    const [server, report, auth] = emitted.entries
    expect(server).toMatchObject({ file: 'server.mjs', functions: ['get-order', 'ship', 'nightly', 'sync-users'] })
    expect(server?.source).toBe(
      [
        "import { eventFunctions, firestoreChanges, load, pubsubPush, schedulerJob, serve, topicPublisher } from '@isobar/cloud-run'",
        '',
        "const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))",
        "const events = await load('functions/events.ts', () => import('../../../functions/events.ts'))",
        '',
        "const publish = topicPublisher(() => import(new URL('google-auth.mjs', import.meta.url).href))",
        '',
        'serve({',
        '  target: "cloud-run",',
        '  timeoutSeconds: 90,',
        "  functions: { 'get-order': orders.getOrder },",
        '  events: eventFunctions({',
        '    "ship": {',
        '      definition: events.ship,',
        '      source: pubsubPush("queue"),',
        '      deadLetterTopic: "shop-ship-dead",',
        '      publish,',
        '      timeoutSeconds: 90,',
        '    },',
        '    "nightly": {',
        '      definition: events.nightly,',
        '      source: schedulerJob(),',
        '      timeoutSeconds: 90,',
        '    },',
        '    "sync-users": {',
        '      definition: events.syncUsers,',
        '      source: firestoreChanges("users/{id}"),',
        '      deadLetterTopic: "shop-sync-users-parked",',
        '      publish,',
        '      timeoutSeconds: 90,',
        '    },',
        '  }),',
        '})',
        '',
      ].join('\n'),
    )
    expect(report?.source).not.toContain('events')
    expect(auth).toEqual({
      functions: [],
      file: 'google-auth.mjs',
      source: "export { GoogleAuth } from '@isobar/cloud-run/google-auth'\n",
    })
    expect(emittedFile('.dockerignore').split('\n')).toContain('triggers.tf.json')
  })

  test('have a service of their own, of the same image, that is not for everybody', () => {
    const services = parseAllDocuments(emittedFile('service.yaml')).map((document) => document.toJS())
    expect(services.map(({ metadata }) => metadata.name)).toEqual(['shop', 'shop-report', 'shop-events'])
    const [http, , events] = services
    expect(events).toMatchObject({
      metadata: { annotations: { 'run.googleapis.com/ingress': 'internal' } },
      spec: {
        template: {
          spec: {
            serviceAccountName: 'shop-events@PROJECT.iam.gserviceaccount.com',
            timeoutSeconds: 90,
            containers: [
              {
                image: http.spec.template.spec.containers[0].image,
                command: ['node', 'server.mjs'],
                env: [{ name: 'ISOBAR_ROLE', value: 'events' }],
              },
            ],
          },
        },
      },
    })
    expect(JSON.stringify(http)).not.toContain('ISOBAR_ROLE')
  })

  test('go to their paths there', () => {
    const { resource } = JSON.parse(emittedFile('triggers.tf.json'))
    const url = '${data.google_cloud_run_service.events.status[0].url}'
    const service = '${data.google_cloud_run_service.events.name}'
    expect(resource).toMatchObject({
      google_pubsub_subscription: {
        ship: { push_config: { push_endpoint: `${url}/.isobar/ship`, oidc_token: { audience: url } } },
      },
      google_cloud_scheduler_job: { nightly: { http_target: { uri: `${url}/.isobar/nightly` } } },
      google_eventarc_trigger: {
        'sync-users': { destination: { cloud_run_service: { service, path: '/.isobar/sync-users' } } },
      },
      google_cloud_run_service_iam_member: { events: { service, role: 'roles/run.invoker' } },
    })
  })

  test('refer to nothing that is not defined', () => {
    const all = cloudRun().emit(samplePlan('cloud-run', Object.values(sampleEvents)))
    const triggers = all.files.find(({ path }) => path === 'triggers.tf.json')?.text ?? ''
    expect(missingReferences(JSON.parse(triggers))).toEqual([])
    expect(all.diagnostics).toEqual([])
  })

  test('are tried no longer than Pub/Sub waits', () => {
    const slow = cloudRun({ timeoutSeconds: 3600 }).emit(withEvents)
    expect(slow.entries[0]?.source).toContain('      timeoutSeconds: 600,\n')
    expect(slow.entries[0]?.source).toContain('  timeoutSeconds: 3600,\n')
  })

  test('come as they were sent where the option says so', () => {
    const [server] = cloudRun({ pubsubPayload: 'unwrapped' }).emit(withEvents).entries
    expect(server?.source).toContain('source: pubsubUnwrapped("queue")')
  })

  test('have a service whose name no http function may have', () => {
    const [shared, own] = withEvents.http
    if (!shared || !own) throw new Error('The sample has both.')
    const plan = { ...withEvents, http: [shared, { ...own, service: 'shop-events' }] }
    expect(target.emit(plan).diagnostics).toMatchObject([
      { id: 'cloud-run-events-service', severity: 'error', function: 'report' },
    ])
    expect(target.emit({ ...plan, events: [] }).diagnostics).toEqual([])
  })

  test('need no http functions', () => {
    const alone = { ...withEvents, http: [] }
    const { entries, files } = target.emit(alone)
    expect(entries[0]).toMatchObject({ file: 'server.mjs', functions: ['ship', 'nightly', 'sync-users'] })
    expect(entries[0]?.source).toContain('  functions: {},\n')
    const yaml = files.find(({ path }) => path === 'service.yaml')?.text ?? ''
    expect(parseAllDocuments(yaml)).toHaveLength(1)
  })
})

/** Expressions of Terraform that name a block that is not there. */
function missingReferences(terraform: object): string[] {
  const text = JSON.stringify(terraform)
  const references = [
    ...[...text.matchAll(/\$\{((?:data\.)?[a-z]\w+\.[\w-]+)/g)].map(([, reference]) => reference ?? ''),
    ...[...text.matchAll(/"depends_on":(\[[^\]]*\])/g)].flatMap(([, list]): string[] => JSON.parse(list ?? '[]')),
  ]
  expect(references.length).toBeGreaterThan(20)
  return references.filter((reference) => {
    const path = reference.startsWith('var.') ? ['variable', reference.slice(4)] : reference.split('.')
    const from = path[0] === 'data' || path[0] === 'variable' ? path : ['resource', ...path]
    return from.reduce<unknown>((node, key) => Object(node)[key], terraform) === undefined
  })
}
