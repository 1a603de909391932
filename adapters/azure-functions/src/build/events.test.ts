import type { Plan, PlannedEvent } from '@isobar/compiler'
import { sampleEvents, samplePlan } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { azureFunctions, type AzureFunctionsOptions } from '../build.ts'

const { queue } = sampleEvents

function eventsOnly(events: readonly PlannedEvent[]): Plan {
  const plan = samplePlan('azure-functions', events)
  return { ...plan, functions: [...events], http: [] }
}

function shim(events: readonly PlannedEvent[], options: AzureFunctionsOptions = {}): string {
  return azureFunctions(options).emit(eventsOnly(events)).entries[0]?.source ?? 'no shim'
}

function host(events: readonly PlannedEvent[], options: AzureFunctionsOptions = {}): unknown {
  const { files } = azureFunctions(options).emit(eventsOnly(events))
  return JSON.parse(files.find(({ path }) => path === 'host.json')?.text ?? 'null')
}

describe('the shim', () => {
  test('of an application without http functions registers its events', () => {
    expect(shim([queue])).toMatchInlineSnapshot(`
      "import { app, output } from '@azure/functions'
      import { storageQueue, load } from '@isobar/azure-functions'

      const events = await load('functions/events.ts', () => import('../../../functions/events.ts'))

      const parked = {
        'ship': output.storageQueue({ queueName: 'orders-poison', connection: 'AzureWebJobsStorage' }),
      }
      app.storageQueue('ship', {
        queueName: 'orders',
        connection: 'AzureWebJobsStorage',
        dataType: 'binary',
        extraOutputs: [parked['ship']],
        handler: storageQueue({ target: 'azure-functions', name: 'ship', definition: events.ship }, { timeoutMs: 600000, parked: parked['ship'] }),
      })
      "
    `)
  })

  test('of the shared app has the http functions and the events, and loads a module once', () => {
    const twice = { ...queue, name: 'bill', resource: { logical: 'bills', physical: 'bills' }, exported: 'bill' }
    const { entries } = azureFunctions().emit(samplePlan('azure-functions', [queue, twice]))
    expect(entries.map(({ file, functions }) => [file, functions])).toEqual([
      ['index.mjs', ['get-order', 'ship', 'bill']],
      ['report/index.mjs', ['report']],
    ])
    expect(entries[0]?.source.match(/await load\('functions\/events\.ts'/g)).toHaveLength(1)
    expect(entries[1]?.source).not.toContain('storageQueue')
  })
})

describe('host.json', () => {
  test('without events is about http alone', () => {
    const { files } = azureFunctions().emit(samplePlan('azure-functions', [queue]))
    expect(JSON.parse(files.find(({ path }) => path === 'report/host.json')?.text ?? '')).toEqual({
      version: '2.0',
      extensions: { http: { routePrefix: '' } },
      logging: { logLevel: { default: 'Information' } },
    })
  })

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

  test('has the tries and the concurrency of the trigger', () => {
    const trigger = { queue: 'orders', maxAttempts: 3, concurrency: 1, timeoutMs: 3_600_000 }
    expect(host([{ ...queue, trigger }])).toMatchObject({
      functionTimeout: '01:01:00',
      extensions: { queues: { maxDequeueCount: 3, batchSize: 1, newBatchThreshold: 0 } },
    })
  })
})
