import { expect, it } from 'vitest'

import { changedFields, documentJson } from './firestore-json.ts'
import { documentEventBytes } from './firestore-protobuf.ts'

const times = { createTime: new Date('2020-04-23T14:25:05.349Z'), updateTime: new Date('2020-04-23T14:25:05.349Z') }

// The forms of the values are those of a recorded event of the functions-framework conformance suite.
it('writes values as Firestore does', () => {
  const fields = {
    arrayValue: [1, 2n],
    booleanValue: true,
    doubleValue: 5.5,
    intValue: 9007199254740993n,
    mapValue: { field1: 'x', field2: ['x', 1] },
    nullValue: null,
    stringValue: 'text',
  }
  expect(
    documentJson({
      value: { name: 'projects/p/databases/(default)/documents/a/b', fields, ...times },
      oldValue: undefined,
    }),
  ).toEqual({
    value: {
      createTime: '2020-04-23T14:25:05.349Z',
      updateTime: '2020-04-23T14:25:05.349Z',
      name: 'projects/p/databases/(default)/documents/a/b',
      fields: {
        arrayValue: { arrayValue: { values: [{ integerValue: '1' }, { integerValue: '2' }] } },
        booleanValue: { booleanValue: true },
        doubleValue: { doubleValue: 5.5 },
        intValue: { integerValue: '9007199254740993' },
        mapValue: {
          mapValue: {
            fields: {
              field1: { stringValue: 'x' },
              field2: { arrayValue: { values: [{ stringValue: 'x' }, { integerValue: '1' }] } },
            },
          },
        },
        nullValue: { nullValue: null },
        stringValue: { stringValue: 'text' },
      },
    },
  })
})

// Bytes by hand: https://protobuf.dev/programming-guides/encoding/
it('writes protocol buffers', () => {
  const value = { name: 'n', fields: { a: -2, b: 'é', c: 1.5 }, createTime: new Date(1500), updateTime: new Date(0) }
  const hex = Buffer.from(documentEventBytes({ value, oldValue: undefined, fieldPaths: ['a', 'b'] })).toString('hex')
  const document = [
    '0a016e', // name
    '12100a0161120b10feffffffffffffffff01', // a: integer_value -2
    '120a0a016212058a0102c3a9', // b: string_value
    '120e0a0163120919000000000000f83f', // c: double_value
    '1a0808011080cab5ee01', // create_time 1 s 500,000,000 ns
    '2200', // update_time: zero is left out
  ].join('')
  const length = (document.length / 2).toString(16)
  expect(hex).toBe(`0a${length}${document}1a060a01610a0162`)
})

it('names the fields that differ', () => {
  expect(changedFields({ a: 1, b: { c: 1 }, 'd-e': 1, f: 1 }, { a: 1, b: { c: 2 }, f: '1' })).toEqual([
    'b',
    '`d-e`',
    'f',
  ])
})
