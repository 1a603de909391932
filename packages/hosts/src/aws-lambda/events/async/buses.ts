import { sendTo, type Connect, type Consumer, type EventPlatformParts } from '../parts.ts'
import { objectOf, textOf, type Properties } from '../values.ts'
import { eventForBus, type BusEvent } from './event-bridge.ts'
import { addFailures, jsonDeadLetter } from './failures.ts'
import { matchesPattern } from './pattern.ts'

interface Rule {
  consumer: Consumer
  pattern: Properties
  payload(event: BusEvent): string
}

/** Event buses, each with its rules: every event is held against all of them. */
export function connectBuses(parts: EventPlatformParts): Connect<'rule'> {
  const { clock, records } = parts
  const buses = new Map<string, Rule[]>()
  return (trigger, consumer) => {
    const { rule, settings, id } = trigger
    const bus = (textOf(rule['EventBusName']) ?? 'default').split('/').at(-1) ?? 'default'
    const all = buses.get(bus) ?? []
    buses.set(bus, [...all, { consumer, pattern: objectOf(rule['EventPattern']), payload: payloadOf(settings, id) }])
    parts.addSource(consumer.source, bus, () => ({
      prepare(input) {
        const event = eventForBus(input, consumer.source, clock)
        return () => {
          const receivers = (buses.get(bus) ?? []).filter(({ pattern }) => matchesPattern(pattern, event.value))
          return sendTo(records, event.id, receivers, ({ consumer: { invoker }, payload }, record) =>
            invoker.invoke(payload(event), record),
          )
        }
      },
    }))
    addFailures(parts, trigger.function, consumer.source, (event) => jsonDeadLetter(event['detail'] ?? event))
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html */
function payloadOf(settings: Properties, id: string): Rule['payload'] {
  for (const name of ['InputTransformer', 'InputPath']) {
    if (settings[name] !== undefined)
      throw new Error(`template.yaml: ${id} has ${name}, which this host does not model.`)
  }
  const input = textOf(settings['Input'])
  return ({ text }) => input ?? text
}
