import type { MessageAttribute } from './effects.ts'
import { fromBase64 } from './records.ts'

/** An attribute of a message of SQS or SNS, which spell it each in their own way. */
export interface TypedAttribute {
  /** `String`, `Number` or `Binary`, with a label behind a dot where the sender gave one; `String.Array` of SNS. */
  type: string
  text?: string | undefined
  base64?: string | undefined
}

type Attributes = readonly (readonly [name: string, attribute: TypedAttribute])[]

/** Those of the types String and Number. Binary ones are told by the native event only. */
export function textAttributes(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(
    attributes.flatMap(([name, { type, text }]) => (isBinary(type) || typeof text !== 'string' ? [] : [[name, text]])),
  )
}

/** All of them, in the form in which they are sent on. */
export function sentAttributes(attributes: Attributes): Record<string, MessageAttribute> {
  return Object.fromEntries(
    attributes.map(([name, { type: DataType, text = '', base64 = '' }]) => [
      name,
      isBinary(DataType)
        ? { DataType, BinaryValue: fromBase64(base64) ?? new Uint8Array(0) }
        : { DataType, StringValue: text },
    ]),
  )
}

function isBinary(type: string): boolean {
  return type === 'Binary' || type.startsWith('Binary.')
}
