import { randomUUID } from 'node:crypto'

import type { Clock } from '../../../events/clock.ts'
import type { EventInput } from '../../../events/types.ts'
import { region } from '../../lambda-function.ts'
import { textOfBytes } from '../cloud-event.ts'
import { transportMessage } from '../message-input.ts'

export interface SnsMessage {
  id: string
  text: string
  attributes: Record<string, string>
  publishedAt: Date
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxMessageBytes = 256 * 1024

/**
 * What a sender publishes. A message is text there; bytes that are no text are refused, since a sender would have to agree
 * with its receiver on base64 or the like.
 *
 * @throws Error for what SNS would refuse.
 */
export function messageForSns(input: EventInput, source: string, clock: Clock): SnsMessage {
  const { body, attributes } = transportMessage(input, source)
  const refuse = (why: string): never => {
    throw new Error(`SNS does not take this message for ${source}: ${why}.`)
  }
  const text = textOfBytes(body) ?? refuse('its body is not UTF-8 text')
  if (text === '') refuse('it is empty')
  const sizes = [text, ...Object.entries(attributes).flat()].map((one) => Buffer.byteLength(one))
  if (sizes.reduce((sum, one) => sum + one) > maxMessageBytes) refuse(`it is over ${maxMessageBytes} bytes`)
  for (const [name, value] of Object.entries(attributes)) {
    if (!/^[\w.-]{1,256}$/.test(name)) refuse(`'${name}' is no name of an attribute`)
    if (value === '') refuse(`the attribute '${name}' is empty`)
  }
  return { id: randomUUID(), text, attributes, publishedAt: new Date(clock.now()) }
}

/** A message as Lambda hands it to a function: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function snsEvent({ id, text, attributes, publishedAt }: SnsMessage, topicArn: string): object {
  const subscription = `${topicArn}:21be56ed-a058-49f5-8c98-aedd2564c486`
  const host = `https://sns.${region}.amazonaws.com`
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription,
        Sns: {
          Type: 'Notification',
          MessageId: id,
          TopicArn: topicArn,
          Subject: null,
          Message: text,
          Timestamp: publishedAt.toISOString(),
          SignatureVersion: '1',
          Signature: 'RVhBTVBMRQ==',
          SigningCertUrl: `${host}/SimpleNotificationService-00000000000000000000000000000000.pem`,
          UnsubscribeUrl: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [name, { Type: 'String', Value: value }]),
          ),
        },
      },
    ],
  }
}
