import { expect, test } from 'vitest'

import { encodeMessage } from './encode.ts'

function encoded(input: Parameters<typeof encodeMessage>[0]): [string, string] {
  const { contentType, body } = encodeMessage(input)
  return [contentType, Buffer.from(body).toString('utf8')]
}

const event = { id: '1', source: '/shop', type: 'placed' }

test.each([
  [{ body: '{"n": 1}' }, 'json', '{"n": 1}'],
  [{ body: '{"n": 1}', contentType: 'application/json' }, 'json', '{"n": 1}'],
  [{ body: '{"n": 1}', contentType: 'text/plain; charset=utf-8' }, 'text', '{"n": 1}'],
  [{ body: '{"n":' }, 'text', '{"n":'],
  [{ body: '' }, 'text', ''],
  [{ body: 'ü' }, 'text', 'ü'],
  [{ body: Uint8Array.of(0x7b, 0x7d) }, 'bytes', '{}'],
])('%j is sent as %s', (input, contentType, body) => {
  expect(encoded(input)).toEqual([contentType, body])
})

// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#31-handling-of-data
test.each([
  [{ data: '{"n":12345678901234567890}' }, '"data":{"n":12345678901234567890}'],
  [{ data: Buffer.from('[1]'), datacontenttype: 'application/problem+json; v=1' }, '"data":[1]'],
  [{ data: 'text', datacontenttype: 'text/plain' }, '"data":"text"'],
  [{ data: '{"n":', datacontenttype: 'application/json' }, String.raw`"data":"{\"n\":"`],
  [{ data: Uint8Array.of(0, 255), datacontenttype: 'image/png' }, '"data_base64":"AP8="'],
])('a CloudEvent is structured whatever the mode, with data %j', (more, member) => {
  for (const mode of ['binary', 'structured'] as const) {
    const [contentType, body] = encoded({ cloudEvent: { ...event, ...more, extensions: { traceid: 'x' } }, mode })
    expect(contentType).toBe('json')
    expect(JSON.parse(body)).toMatchObject({ specversion: '1.0', ...event, traceid: 'x' })
    expect(body).toContain(member)
  }
})

test('a CloudEvent without data has none', () => {
  const [, body] = encoded({ cloudEvent: event, mode: 'structured' })
  expect(JSON.parse(body)).toEqual({ specversion: '1.0', ...event })
})
