import type { Connect, Consumer, EventPlatformParts } from '../parts.ts'
import { sendTo } from '../parts.ts'
import { listOf, objectOf, textOf } from '../values.ts'
import { addFailures } from './failures.ts'
import { messageForSns, snsEvent } from './sns.ts'

/** Topics, each with the functions that subscribe to it. */
export function connectTopics(parts: EventPlatformParts): Connect<'topic'> {
  const { clock, records } = parts
  const subscribers = new Map<string, { consumer: Consumer }[]>()
  return (trigger, consumer) => {
    const { sourceArn: arn, settings, id } = trigger
    if (arn.endsWith('.fifo')) {
      // https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
      throw new Error(`template.yaml: ${id} subscribes a function to a FIFO topic, which delivers to queues only.`)
    }
    for (const name of ['FilterPolicy', 'SqsSubscription']) {
      if (settings[name] !== undefined)
        throw new Error(`template.yaml: ${id} has ${name}, which this host does not model.`)
    }
    const all = subscribers.get(arn) ?? []
    subscribers.set(arn, [...all, { consumer }])
    parts.addSource(consumer.source, arn, () => ({
      prepare(input) {
        const message = messageForSns(input, consumer.source, clock)
        const event = JSON.stringify(snsEvent(message, arn))
        return () =>
          sendTo(records, message.id, subscribers.get(arn) ?? [], ({ consumer: { invoker } }, record) =>
            invoker.invoke(event, record),
          )
      },
    }))
    addFailures(parts, trigger.function, consumer.source, (event) => {
      const sns = objectOf(objectOf(listOf(event['Records'])[0])['Sns'])
      const attributes = Object.entries(objectOf(sns['MessageAttributes']))
      return {
        body: Buffer.from(textOf(sns['Message']) ?? ''),
        attributes: Object.fromEntries(attributes.map(([name, value]) => [name, String(objectOf(value)['Value'])])),
      }
    })
  }
}
