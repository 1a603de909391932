import type { PlannedEvent } from '@isobar/compiler'
import { parkedName, subscriptionName } from '../names.ts'
import type { Settings } from '../options.ts'
import { serviceBus } from '../shared-settings.ts'
import { nothing, symbols, text, type BicepPart } from './text.ts'

/** The service's own default: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#maximum-delivery-count */
const deliveries = 10

/** The namespace, its queues and topics, a subscription for each function, and queues for what is rejected. */
export function serviceBusPart(events: readonly PlannedEvent[], settings: Settings): BicepPart {
  const used = serviceBus(events, settings)
  if (used.length === 0) return nothing
  const symbol = symbols()
  const topics = new Map<string, string>()
  const entities = used.flatMap((planned): string[] => {
    const { physical } = planned.resource
    if (planned.kind === 'queue') return [queue(planned.trigger, physical, symbol('busQueue', physical))]
    if (planned.kind !== 'topic') return []
    const known = topics.get(physical)
    const topic = known ?? symbol('busTopic', physical)
    topics.set(physical, topic)
    return [
      ...(known === undefined ? [child('topics', topic, 'serviceBus', physical, [])] : []),
      child(
        'topics/subscriptions',
        symbol('busSubscription', planned.name),
        topic,
        subscriptionName(planned),
        delivery(planned.trigger.maxAttempts),
      ),
    ]
  })
  const parked = [...new Set(used.map(({ resource }) => parkedName(resource.physical)))]
  return {
    ...nothing,
    resources: [
      // Topics and sessions are not in Basic: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-overview
      `resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-\${suffix}'
  location: location
  sku: { name: 'Standard', tier: 'Standard' }
  properties: { minimumTlsVersion: '1.2' }
}`,
      ...entities,
      ...parked.map((name) => child('queues', symbol('busQueue', name), 'serviceBus', name, [])),
    ],
    settings: { [`${settings.serviceBus}__fullyQualifiedNamespace`]: "'${serviceBus.name}.servicebus.windows.net'" },
    roles: [
      // Azure Service Bus Data Receiver
      { name: 'service-bus-receiver', scope: 'serviceBus', definition: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0' },
      // Azure Service Bus Data Sender
      { name: 'service-bus-sender', scope: 'serviceBus', definition: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39' },
    ],
  }
}

function queue(trigger: { maxAttempts?: number; ordered?: boolean }, name: string, symbol: string): string {
  const session = trigger.ordered === true ? ['requiresSession: true'] : []
  return child('queues', symbol, 'serviceBus', name, [...delivery(trigger.maxAttempts), ...session])
}

/** The host renews the lock of a message while its function runs. */
function delivery(maxAttempts = deliveries): string[] {
  return [`maxDeliveryCount: ${maxAttempts}`, "lockDuration: 'PT1M'", 'deadLetteringOnMessageExpiration: true']
}

function child(type: string, symbol: string, parent: string, name: string, properties: readonly string[]): string {
  return [
    `resource ${symbol} 'Microsoft.ServiceBus/namespaces/${type}@2024-01-01' = {`,
    `  parent: ${parent}`,
    `  name: ${text(name)}`,
    ...(properties.length === 0 ? [] : ['  properties: {', ...properties.map((one) => `    ${one}`), '  }']),
    '}',
  ].join('\n')
}
