import { describe, expect, test } from 'vitest'
import { queue } from '../../definitions/events.ts'
import type { Event } from '../../events/event.ts'
import type { StandardSchemaV1 } from '../../events/standard-schema.ts'
import { message, runBatch } from '../../testing/events.ts'
import { toEvent } from './decode.ts'
import type { IncomingMessage } from './types.ts'

type Format = 'json' | 'text' | 'bytes'

function decode(incoming: IncomingMessage, data?: Format): Promise<Event> {
  return toEvent(
    queue({ queue: 'orders', ...(data && { data }) }, () => {}),
    'queue:orders',
    incoming,
  )
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('data', () => {
  test.each<[string, IncomingMessage['payload'], Format | undefined, unknown]>([
    ['json by default', { text: '{"a":[1]}' }, undefined, { a: [1] }],
    ['json of bytes', { bytes: utf8('"é"') }, 'json', 'é'],
    ['nothing where there is none', { bytes: new Uint8Array(0) }, undefined, undefined],
    ['text that looks like json', { text: '42' }, 'text', '42'],
    ['empty text', { text: '' }, 'text', ''],
    ['bytes of text', { text: 'é' }, 'bytes', utf8('é')],
    ['what the adapter decoded', { value: { key: 'k' }, raw: 'x' }, undefined, { key: 'k' }],
  ])('is %s', async (_, payload, format, expected) => {
    expect((await decode(message('', { payload }), format)).data).toEqual(expected)
  })

  test('keeps every byte, under every format', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const event = await decode(message('', { payload: { bytes } }), 'bytes')
    expect([event.data, event.bytes()]).toEqual([bytes, bytes])
    await expect(decode(message('', { payload: { bytes } }), 'text')).rejects.toThrow('is not UTF-8 (256 bytes)')
  })

  test('with a __proto__ harms no prototype', async () => {
    const { data } = await decode(message('{"__proto__":{"polluted":true}}'))
    expect(Object.keys(data as object)).toEqual(['__proto__'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('keeps digits beyond 2^53 in its bytes', async () => {
    const text = '{"n":12345678901234567890}'
    expect(new TextDecoder().decode((await decode(message(text))).bytes())).toBe(text)
  })

  test.each([
    ['{', 'it begins with "{"'],
    ['x'.repeat(99), `${'x'.repeat(40)}…`],
  ])('that is malformed is an error that shows it: %s', async (text, expected) => {
    const error: unknown = await decode(message(text)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'EventDataError', message: expect.stringContaining(expected) })
  })
})

describe('a CloudEvent', () => {
  const binary: Partial<IncomingMessage> = {
    cloudEvent: 'attributes',
    attributes: {
      'ce-specversion': '1.0',
      'ce-id': 'A-1',
      'ce-source': '/shop',
      'ce-type': 'placed',
      'ce-time': '2026-05-06T07:08:09Z',
      'ce-subject': 'o1',
      'ce-tenant': 'x',
      'content-type': 'application/json',
    },
  }
  const structured = {
    specversion: '1.0',
    id: 'A-1',
    source: '/shop',
    type: 'placed',
    time: '2026-05-06T07:08:09Z',
    subject: 'o1',
    tenant: 'x',
    datacontenttype: 'application/json',
    data: { n: 1 },
  }
  const expected = {
    specversion: '1.0',
    id: 'A-1',
    source: '/shop',
    type: 'placed',
    time: '2026-05-06T07:08:09Z',
    subject: 'o1',
    datacontenttype: 'application/json',
    data: { n: 1 },
    attributes: { tenant: 'x' },
  }
  const plain = ({ bytes, ...event }: Event): object => ({ ...event, bytes: new TextDecoder().decode(bytes()) })

  test('is the same in binary and in structured mode', async () => {
    const one = plain(await decode(message('{"n":1}', binary)))
    expect(one).toEqual({ ...expected, bytes: '{"n":1}' })
    const body = JSON.stringify(structured)
    for (const more of [
      { cloudEvent: 'body' },
      { cloudEvent: 'attributes', contentType: 'application/cloudevents+json; charset=utf-8' },
    ] as const) {
      const other = plain(await decode(message(body, more)))
      expect(other).toMatchObject({ ...expected, bytes: '{"n":1}' })
    }
  })

  test.each(['ce-', 'ce_', 'cloudEvents:', 'cloudEvents_'])('is found under the prefix %s', async (prefix) => {
    const attributes = Object.fromEntries(
      ['specversion:1.0', 'id:A-1', 'source:/s', 'type:t'].map((pair) => {
        const [name = '', value = ''] = pair.split(':')
        return [`${prefix}${name}`, value]
      }),
    )
    expect(await decode(message('1', { cloudEvent: 'attributes', attributes }))).toMatchObject({ id: 'A-1', type: 't' })
  })

  test('says itself what its data is', async () => {
    const text = { ...structured, datacontenttype: 'text/plain', data: '7' }
    expect((await decode(message(JSON.stringify(text), { cloudEvent: 'body' }))).data).toBe('7')
    const bytes = { ...structured, datacontenttype: 'application/x', data: undefined, data_base64: 'AP8=' }
    expect((await decode(message(JSON.stringify(bytes), { cloudEvent: 'body' }))).data).toEqual(Uint8Array.of(0, 255))
    const types = { ...binary, attributes: { ...binary.attributes, 'content-type': 'application/vnd.x+json' } }
    expect((await decode(message('7', types), 'text')).data).toBe(7)
  })

  test('keeps the digits of its data in structured mode', async () => {
    const body = '{ "data" : {"n": 12345678901234567890 } , "specversion":"1.0","id":"i","source":"s","type":"t"}'
    const event = await decode(message(body, { cloudEvent: 'body' }))
    expect(new TextDecoder().decode(event.bytes())).toBe('{"n": 12345678901234567890 }')
  })

  test.each(['{"a":1}', '[1]', 'not json', '{"specversion":"1.0","id":"x"}'])(
    'is not what a body is that is none: %s',
    async (text) => {
      expect(await decode(message(text, { cloudEvent: 'body' }), 'text')).toMatchObject({
        data: text,
        type: 'queue.message',
      })
    },
  )

  test.each(['{', '{"specversion":"0.3"}', '{"specversion":"1.0"}'])(
    'that is announced and none is an error: %s',
    async (text) => {
      const contentType = 'application/cloudevents+json'
      await expect(decode(message(text, { cloudEvent: 'attributes', contentType }))).rejects.toThrow('structured mode')
    },
  )

  test('is not looked for where none can be', async () => {
    expect(await decode(message(JSON.stringify(structured)))).toMatchObject({ type: 'queue.message', data: structured })
  })
})

describe('a schema', () => {
  const positive: StandardSchemaV1<unknown, number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) =>
        typeof value === 'number' && value > 0
          ? { value: value * 2 }
          : { issues: [{ message: 'must be positive', path: ['amount', { key: 0 }] }] },
    },
  }

  test('gives the handler what it makes of the data', async () => {
    const seen: number[] = []
    const { kinds } = await runBatch(
      queue({ queue: 'q', schema: positive }, ({ data }) => void seen.push(data)),
      [message('3')],
    )
    expect([kinds, seen]).toEqual([['ack'], [6]])
  })

  test.each([
    [undefined, 'reject'],
    ['reject', 'reject'],
    ['retry', 'retry'],
  ] as const)('refuses data as the option says: %s', async (invalid, expected) => {
    let seen = 0
    const definition = queue({ queue: 'q', schema: positive, ...(invalid && { invalid }) }, () => void seen++)
    const { kinds, lines } = await runBatch(definition, [message('-3'), message('{')])
    expect([kinds, seen]).toEqual([[expected, expected], 0])
    expect(JSON.stringify(lines)).toContain('amount.0: must be positive')
  })
})
