import type { EncodedPayload, EventFunction, Payload } from '@isobar/core/adapter'

/**
 * The data of a message whose transport carries text only. Bytes travel in it as base64, as senders of AWS write them
 * (`useBase64` of the SQS action of IoT rules), so with `data: 'bytes'` the text is decoded. A CloudEvent in structured
 * mode is text in any case.
 *
 * https://docs.aws.amazon.com/iot/latest/developerguide/sqs-rule-action.html
 */
export function textPayload(
  { definition: { trigger } }: EventFunction,
  text: string,
  attributes: Readonly<Record<string, string>>,
): Payload | EncodedPayload {
  const wantsBytes = 'data' in trigger && trigger.data === 'bytes'
  return wantsBytes && !isStructured(attributes) ? { base64: text } : { text }
}

function isStructured(attributes: Readonly<Record<string, string>>): boolean {
  return Object.entries(attributes).some(
    ([name, value]) => /^content-type$/i.test(name) && /^application\/cloudevents\+json\b/i.test(value),
  )
}
