import { changes } from '@isobar/core'
import { describe, expect, test } from 'vitest'
import { firestoreChanges } from './firestore.ts'
import { delivery, fixture, handled, inBinary, inStructured } from './testing/deliveries.ts'

const recorded = fixture(
  'firestore-cloudevent/GoogleCloudPlatform_functions-framework-conformance__firestore_complex-cloudevent-input.json',
)

const documents = 'projects/p/databases/(default)/documents'

function headers(type = 'written', more: Record<string, string> = {}): Record<string, string> {
  return {
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '//firestore.googleapis.com/projects/p/databases/(default)',
    'ce-type': `google.cloud.firestore.document.v1.${type}`,
    'ce-time': '2026-01-01T00:00:00Z',
    'content-type': 'application/json',
    ...more,
  }
}

interface Options {
  numbers?: 'string' | 'bigint'
  pattern?: string
  sent?: Record<string, string>
}

function run(data: object | string | Uint8Array, { numbers, pattern = 'users/{id}', sent = headers() }: Options = {}) {
  const trigger = { table: 'users', ...(numbers && { numbers }) }
  return handled(firestoreChanges(pattern), (handler) => changes(trigger, handler), delivery(data, sent))
}

const name = `${documents}/users/ann`
const document = (fields: object): object => ({ name, fields })

test.each([
  ['binary', inBinary(recorded)],
  ['structured', inStructured(recorded)],
])('a recorded event in %s mode', async (_, sent) => {
  const { event } = await handled(firestoreChanges('gcf-test/{id}'), (handler) => changes('gcf-test', handler), sent)
  expect(event).toMatchObject({
    id: 'aaaaaa-1111-bbbb-2222-cccccccccccc',
    source: 'changes:gcf-test',
    type: 'changes.inserted',
    subject: 'gcf-test/IH75dRdeYJKd4uuQiqch',
    time: '2020-09-29T11:32:00.123Z',
  })
  expect(event?.data).toEqual({
    key: { id: 'IH75dRdeYJKd4uuQiqch' },
    after: {
      arrayValue: [1, 2],
      booleanValue: true,
      doubleValue: 5.5,
      geoPointValue: { latitude: 51.4543, longitude: -0.9781 },
      intValue: 50,
      mapValue: { field1: 'x', field2: ['x', 1] },
      nullValue: null,
      referenceValue: 'projects/project-id/databases/(default)/documents/foo/bar/baz/qux',
      stringValue: 'text',
      timestampValue: '2020-04-23T14:23:53.241Z',
    },
  })
})

describe('a change', () => {
  const one = document({ n: { integerValue: '1' } })
  const two = document({ n: { integerValue: '2' } })

  test.each([
    ['inserted', { value: one, oldValue: {} }, { after: { n: 1 } }],
    ['inserted', { value: one }, { after: { n: 1 } }],
    [
      'updated',
      { value: two, oldValue: one, updateMask: { fieldPaths: ['n'] } },
      { before: { n: 1 }, after: { n: 2 } },
    ],
    ['deleted', { value: {}, oldValue: one }, { before: { n: 1 } }],
    ['deleted', { oldValue: one }, { before: { n: 1 } }],
    // A document without fields.
    ['inserted', { value: { name } }, { after: {} }],
  ])('is %s by what there was before and after', async (change, data, expected) => {
    const { event } = await run(data)
    expect(event?.type).toBe(`changes.${change}`)
    expect(event?.data).toEqual({ key: { id: 'ann' }, ...expected })
  })

  test('has the parts of its path that the trigger leaves open as its key', async () => {
    const nested = { value: { name: `${documents}/users/ann/orders/7` } }
    const { event } = await run(nested, { pattern: 'users/{user}/orders/{id}' })
    expect(event).toMatchObject({ subject: 'users/ann/orders/7', data: { key: { user: 'ann', id: '7' } } })
  })
})

// https://docs.cloud.google.com/firestore/docs/reference/rest/v1/Value
describe('a value', () => {
  const decoded = async (value: object | string, options: Options = {}): Promise<unknown> => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const { event } = await run(`{"value":{"name":"${name}","fields":{"f":${text}}}}`, options)
    return Object(event?.data).after?.f
  }

  test.each([
    [{ integerValue: '9007199254740991' }, 9007199254740991],
    [{ integerValue: '-9223372036854775808' }, '-9223372036854775808'],
    [{ integerValue: 7 }, 7],
    [{ doubleValue: 'NaN' }, NaN],
    [{ doubleValue: '-Infinity' }, -Infinity],
    [{ doubleValue: 1e300 }, 1e300],
    [{ bytesValue: 'AQI=' }, new Uint8Array([1, 2])],
    [{ stringValue: '' }, ''],
    [{ booleanValue: false }, false],
    [{ geoPointValue: { latitude: 1 } }, { latitude: 1, longitude: 0 }],
    [{ arrayValue: {} }, []],
    [{ mapValue: {} }, {}],
  ])('%j', async (value, expected) => {
    expect(await decoded(value)).toEqual(expected)
  })

  test('that no number can hold is a bigint by the trigger’s option', async () => {
    const value = { integerValue: '9007199254740993' }
    expect(await decoded(value, { numbers: 'bigint' })).toBe(9007199254740993n)
    expect(await decoded({ integerValue: '7' }, { numbers: 'bigint' })).toBe(7)
  })

  test('called __proto__ does no harm', async () => {
    const map = await decoded('{"mapValue":{"fields":{"__proto__":{"stringValue":"x"}}}}')
    expect(Object.entries(Object(map))).toEqual([['__proto__', 'x']])
  })

  test.each([
    [{ fancyValue: 1 }, 'got fancyValue with a number'],
    [{ integerValue: 'x' }, "got 'x'"],
    [{ booleanValue: 'true' }, 'got booleanValue with a string'],
    [{ arrayValue: { values: {} } }, 'got an empty object'],
    [{}, 'got an empty object with undefined'],
  ])('%j is told (E4)', async (value, told) => {
    const { status, log } = await run({ value: document({ f: value }) })
    expect(status).toBe(503)
    expect(log).toContain(told)
  })
})

test.each([
  [
    'protocol buffers',
    new Uint8Array([10, 3]),
    { sent: headers('written', { 'content-type': 'application/protobuf' }) },
    "got application/protobuf. The trigger must have event_data_content_type: 'application/json'",
  ],
  ['another type', {}, { sent: headers('archived') }, 'got google.cloud.firestore.document.v1.archived'],
  ['no document', { value: {}, oldValue: {} }, {}, 'got an object with value, oldValue'],
  ['another collection', { value: { name: `${documents}/a/b/c/d` } }, {}, 'Expected a document users/{id}'],
])('%s come again, and are told (E4)', async (_, data, options, told) => {
  const { event, status, log } = await run(data, options)
  expect([event, status]).toEqual([undefined, 503])
  expect(log).toContain(told)
})
