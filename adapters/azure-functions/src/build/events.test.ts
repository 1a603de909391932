import type { PlannedEvent } from '@isobar/compiler'
import { sampleEvents, samplePlan } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { azureFunctions, type AzureFunctionsOptions } from '../build.ts'
import { emitEvents } from './testing.ts'

const { queue, topic, stream, changes, storage, event, schedule } = sampleEvents
const all: PlannedEvent[] = Object.values(sampleEvents)

const serviceBus = { queues: 'service-bus' } as const

function host(events: readonly PlannedEvent[], options: AzureFunctionsOptions = {}): unknown {
  return JSON.parse(emitEvents(events, options).text('host.json'))
}

/** The same function under another name and on another resource. */
function another<Event extends PlannedEvent>(planned: Event, name: string, physical: string = name): Event {
  return { ...planned, name, resource: { logical: physical, physical } }
}

describe('the apps', () => {
  test('all events are in the shared one, http functions that are deployed apart have their own', () => {
    const { entries, files } = azureFunctions().emit(samplePlan('azure-functions', [queue, schedule]))
    expect(entries.map(({ file, functions }) => [file, functions])).toEqual([
      ['index.mjs', ['get-order', 'ship', 'nightly']],
      ['report/index.mjs', ['report']],
    ])
    expect(JSON.parse(files.find(({ path }) => path === 'report/host.json')?.text ?? '')).toEqual({
      version: '2.0',
      extensions: { http: { routePrefix: '' } },
      logging: { logLevel: { default: 'Information' } },
    })
  })

  test('events alone make the app of the application', () => {
    expect(JSON.parse(emitEvents([queue]).text('package.json'))).toMatchObject({ name: 'shop', main: 'index.mjs' })
  })
})

describe('the option queues', () => {
  test('says what tells the target from another of its platform', () => {
    expect(azureFunctions().eventSources).toBeUndefined()
    expect(azureFunctions(serviceBus).eventSources).toBe('service-bus')
  })

  test('decides what a queue can do', () => {
    const keys = ['queue.ordered', 'queue.attributes', 'queue.deadLetter'] as const
    const can = (options: AzureFunctionsOptions): boolean[] =>
      keys.map((key) => azureFunctions(options).capabilities[key] === true)
    expect(can({})).toEqual([false, false, true])
    expect(can(serviceBus)).toEqual([true, true, false])
  })
})

describe('host.json', () => {
  test('hides a message that failed for half a minute, or five tries would burn at once', () => {
    expect(host([queue])).toMatchObject({
      functionTimeout: '00:10:00',
      extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
      extensions: {
        queues: {
          visibilityTimeout: '00:00:30',
          maxDequeueCount: 5,
          batchSize: 16,
          newBatchThreshold: 8,
          messageEncoding: 'base64',
        },
      },
    })
  })

  test.each([
    [1, 1, 0],
    [2, 2, 0],
    [10, 7, 3],
    [100, 32, 68],
  ])('with concurrency %i fetches %i messages, and more at %i', (concurrency, batchSize, newBatchThreshold) => {
    const trigger = { queue: 'orders', concurrency }
    expect(host([{ ...queue, trigger }])).toMatchObject({ extensions: { queues: { batchSize, newBatchThreshold } } })
  })

  test('has the tries of the trigger, and the time that the longest function asks for', () => {
    const trigger = { queue: 'orders', maxAttempts: 3, timeoutMs: 3_600_000 }
    const { text } = emitEvents([{ ...queue, trigger }, schedule])
    expect(JSON.parse(text('host.json'))).toMatchObject({
      functionTimeout: '01:01:00',
      extensions: { queues: { maxDequeueCount: 3 } },
    })
    expect(text('index.mjs').match(/timeoutMs: 3660000/g)).toHaveLength(2)
  })

  test('holds the locks of Service Bus for as long as a function may take', () => {
    expect(host([queue, { ...topic, trigger: { topic: 'prices', concurrency: 4 } }], serviceBus)).toMatchObject({
      extensions: {
        serviceBus: {
          maxAutoLockRenewalDuration: '00:10:00',
          maxConcurrentCalls: 4,
          maxConcurrentSessions: 4,
        },
      },
    })
    expect(host([queue], serviceBus)).not.toHaveProperty('extensions.queues')
  })

  test('sets the checkpoint of a stream behind every batch', () => {
    expect(host([stream])).toMatchObject({ extensions: { eventHubs: { batchCheckpointFrequency: 1 } } })
    expect(host([schedule])).not.toHaveProperty('extensions.eventHubs')
  })
})

describe('diagnostics', () => {
  test('the sample has none', () => {
    expect(emitEvents(all).diagnostics).toEqual([])
    expect(emitEvents(all, serviceBus).diagnostics).toEqual([])
  })

  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
  test.each<[string, PlannedEvent, AzureFunctionsOptions, RegExp]>([
    ['capital letters', another(queue, 'ship', 'Orders'), {}, /'ship'.*Storage queue named 'Orders'.*lower-case/],
    ['two hyphens', another(queue, 'ship', 'a--b'), {}, /Storage queue named 'a--b'/],
    ['two letters', another(queue, 'ship', 'ab'), {}, /Storage queue named 'ab'.*3 to 63/],
    ['too long with its suffix', another(queue, 'ship', 'q'.repeat(57)), {}, /Storage queue named 'q{57}-poison'/],
    ['a bad end', another(queue, 'ship', 'orders-'), serviceBus, /queue or topic of Service Bus named 'orders-'/],
    ['a space', another(topic, 'index', 'a b'), {}, /queue or topic of Service Bus named 'a b'/],
    ['a long subscription', another(topic, 'i'.repeat(51), 'prices'), {}, /subscription of Service Bus.*1 to 50/],
    ['an underscore', another(storage, 'thumb', 'my_files'), {}, /blob container named 'my_files'/],
    ['a slash', another(stream, 'count', 'a/b'), {}, /event hub named 'a\/b'/],
    ['a hash', another(changes, 'sync', 'a#b'), {}, /container of Cosmos DB named 'a#b'/],
    ['a long event subscription', another(event, 'f'.repeat(62), 'x'), {}, /event subscription of Event Grid/],
    ['a long parked queue', another(changes, 'f'.repeat(57), 'users'), {}, /Storage queue named 'f{57}-parked'/],
  ])('a name with %s is an error that says what may be', (_, planned, options, text) => {
    expect(emitEvents([planned], options).diagnostics).toMatchObject([
      {
        id: 'azure-resource-name',
        severity: 'error',
        text: expect.stringMatching(text),
        function: planned.name,
        location: { file: planned.source, line: planned.line },
      },
    ])
  })

  test('a name of letters that one service refuses another takes', () => {
    expect(emitEvents([another(queue, 'ship', 'Orders')], serviceBus).diagnostics).toEqual([])
  })

  test.each([['host'], ['h'.repeat(129)]])('the host takes no function named %s', (name) => {
    expect(emitEvents([another(schedule, name)]).diagnostics).toMatchObject([
      { id: 'azure-function-name', function: name },
    ])
  })

  test('two functions that want different settings of one app are an error that names both', () => {
    const first: PlannedEvent = { ...queue, trigger: { queue: 'orders', maxAttempts: 3, concurrency: 2 } }
    const second: PlannedEvent = {
      ...another(queue, 'bill'),
      trigger: { queue: 'bill', maxAttempts: 4, concurrency: 1 },
    }
    const { diagnostics } = emitEvents([first, second])
    expect(diagnostics.map(({ text }) => text)).toEqual([
      "'bill' asks for maxAttempts: 4 and 'ship' for 3, but all functions of one app share that setting of Storage queues.",
      "'bill' asks for concurrency: 1 and 'ship' for 2, but all functions of one app share that setting of Storage queues.",
    ])
    // A queue of Service Bus has its own count of deliveries.
    expect(emitEvents([first, second], serviceBus).diagnostics.map(({ text }) => text)).toEqual([
      "'bill' asks for concurrency: 1 and 'ship' for 2, but all functions of one app share that setting of Service Bus.",
    ])
  })

  test('a function that leaves the setting open has that of the other', () => {
    const first: PlannedEvent = { ...queue, trigger: { queue: 'orders', maxAttempts: 3 } }
    expect(emitEvents([another(queue, 'bill'), first]).diagnostics).toEqual([])
  })

  test.each<[PlannedEvent, AzureFunctionsOptions, number]>([
    [{ ...event, trigger: { type: 'x', maxAttempts: 31 } }, {}, 30],
    [{ ...storage, trigger: { bucket: 'uploads', maxAttempts: 31 } }, {}, 30],
    [{ ...topic, trigger: { topic: 'prices', maxAttempts: 2001 } }, {}, 2000],
    [{ ...queue, trigger: { queue: 'orders', maxAttempts: 2001 } }, serviceBus, 2000],
  ])('%o asks for more attempts than the service makes', (planned, options, most) => {
    const [diagnostic, ...others] = emitEvents([planned], options).diagnostics
    expect(others).toEqual([])
    expect(diagnostic).toMatchObject({
      id: 'azure-attempts',
      severity: 'error',
      text: expect.stringContaining(`${most} at the most`),
    })
  })

  test('attempts of changes that come in batches are counted by batch: a warning', () => {
    const batch = { table: 'users', batchSize: 20 }
    expect(emitEvents([{ ...changes, trigger: { ...batch, maxAttempts: 3 } }]).diagnostics).toMatchObject([
      { id: 'azure-batch-attempts', severity: 'warning', function: 'sync-users' },
    ])
    expect(emitEvents([{ ...changes, trigger: batch }]).diagnostics).toEqual([])
  })
})
