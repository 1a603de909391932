import type { RecordValue } from '../events/types.ts'
import { isInteger, type Document, type EventData, type Fields } from './firestore-json.ts'

/**
 * `DocumentEventData` on the wire. Field numbers:
 * https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto,
 * encoding: https://protobuf.dev/programming-guides/encoding/
 */
export function documentEventBytes({ value, oldValue, fieldPaths }: EventData): Uint8Array {
  return Buffer.concat([
    ...(value ? [message(1, document(value))] : []),
    ...(oldValue ? [message(2, document(oldValue))] : []),
    ...(fieldPaths
      ? [
          message(
            3,
            fieldPaths.map((path) => text(1, path)),
          ),
        ]
      : []),
  ])
}

function document({ name, fields, createTime, updateTime }: Document): Buffer[] {
  return [text(1, name), ...map(2, fields), message(3, timestamp(createTime)), message(4, timestamp(updateTime))]
}

function timestamp(time: Date): Buffer[] {
  const ms = time.getTime()
  const seconds = Math.floor(ms / 1000)
  const nanos = (ms - seconds * 1000) * 1_000_000
  // Zero is the default, which is not written.
  return [...(seconds === 0 ? [] : [integer(1, BigInt(seconds))]), ...(nanos === 0 ? [] : [integer(2, BigInt(nanos))])]
}

/** A map is a repeated message of key and value. */
function map(field: number, fields: Fields): Buffer[] {
  return Object.entries(fields).map(([name, value]) => message(field, [text(1, name), message(2, [encode(value)])]))
}

/** One member of the oneof. */
function encode(value: RecordValue): Buffer {
  if (value === null) return integer(11, 0n)
  if (typeof value === 'string') return text(17, value)
  if (typeof value === 'boolean') return integer(1, value ? 1n : 0n)
  if (isInteger(value)) return integer(2, BigInt(value))
  if (typeof value === 'number') return double(3, value)
  if (Array.isArray(value))
    return message(
      9,
      value.map((one) => message(1, [encode(one)])),
    )
  return message(6, map(1, Object(value)))
}

function message(field: number, parts: Buffer[]): Buffer {
  return lengthDelimited(field, Buffer.concat(parts))
}

function text(field: number, value: string): Buffer {
  return lengthDelimited(field, Buffer.from(value))
}

function lengthDelimited(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([tag(field, 2), varint(BigInt(bytes.length)), bytes])
}

/** Negative ones as their two's complement of 64 bits. */
function integer(field: number, value: bigint): Buffer {
  return Buffer.concat([tag(field, 0), varint(BigInt.asUintN(64, value))])
}

function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([tag(field, 1), bytes])
}

function tag(field: number, wireType: 0 | 1 | 2): Buffer {
  return varint(BigInt((field << 3) | wireType))
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}
