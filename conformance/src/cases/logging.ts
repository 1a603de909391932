import { strict as assert } from 'node:assert'

import type { HttpCase, Harness, LogEntry } from '../types.ts'
import { json, logged, member } from './assert.ts'

interface Facts {
  invocation: { id: string }
  trace: { traceId: string; spanId: string; parent: string } | null
  function: { name: string }
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

async function logOf(harness: Harness, what: string, message: string): Promise<LogEntry['fields']> {
  const { invocation } = await json<Facts>(harness, { target: `/logs/${what}` })
  return (await logged(harness, invocation.id, message)).fields
}

/** C5: what a handler's log writes. */
export const loggingCases: readonly HttpCase[] = [
  {
    id: 'http/log-is-one-json-line-for-each-entry',
    clauses: ['C5'],
    async run(harness) {
      const { invocation } = await json<Facts>(harness, { target: '/logs/levels' })
      const lines = await harness.logs(invocation.id)
      assert.deepEqual(
        lines.map(({ fields }) => [member(fields, 'level'), member(fields, 'message'), member(fields, 'fields')]),
        [
          ['DEBUG', 'at debug', { step: 1 }],
          ['INFO', 'at info', { step: 2 }],
          ['WARN', 'at warn', { step: 3 }],
          ['ERROR', 'at error', { step: 4 }],
        ],
      )
    },
  },
  {
    id: 'http/log-line-says-when-and-of-what',
    clauses: ['C5', 'C6'],
    async run(harness) {
      const headers: [string, string][] = [['traceparent', `00-${traceId}-00f067aa0ba902b7-01`]]
      const before = Date.now()
      const { invocation } = await json<Facts>(harness, { target: '/logs/levels', headers })
      const { fields } = await harness.eventually(() => {
        const entry = harness.allLogs().findLast(({ line }) => line.includes(invocation.id) && line.includes('at info'))
        assert.ok(entry, 'the log line')
        return entry
      })
      assert.equal(member(fields, 'invocationId'), invocation.id)
      assert.equal(member(fields, 'function'), 'logs')
      assert.equal(member(fields, 'traceId'), traceId)
      const time = String(member(fields, 'time'))
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.ok(Date.parse(time) >= before - 1 && Date.parse(time) <= Date.now(), time)
    },
  },
  {
    id: 'http/log-writes-an-error-with-its-cause',
    clauses: ['C5'],
    async run(harness) {
      const fields = await logOf(harness, 'error', 'with an error')
      const error = member(fields, 'fields', 'error')
      assert.deepEqual([member(error, 'name'), member(error, 'message')], ['TypeError', 'the outer one'])
      assert.match(String(member(error, 'stack')), /the outer one\n\s+at /)
      assert.deepEqual(
        [member(error, 'cause', 'name'), member(error, 'cause', 'message')],
        ['RangeError', 'the inner one'],
      )
    },
  },
  {
    id: 'http/log-of-a-circle-and-a-bigint-does-not-throw',
    clauses: ['C5'],
    async run(harness) {
      const fields = await logOf(harness, 'circular', 'with a circle')
      assert.equal(String(member(fields, 'fields', 'order', 'id')), '7')
    },
  },
  {
    id: 'http/log-of-a-getter-that-throws-does-not-throw',
    clauses: ['C5'],
    async run(harness) {
      const fields = await logOf(harness, 'hostile', 'with a getter that throws')
      assert.equal(typeof member(fields, 'fields'), 'object')
    },
  },
  {
    id: 'http/log-of-several-lines-is-one-line',
    clauses: ['C5'],
    async run(harness) {
      const fields = await logOf(harness, 'newline', 'first line\nsecond line')
      assert.equal(member(fields, 'fields', 'text'), 'a\r\nb')
    },
  },
  {
    id: 'http/log-field-cannot-stand-in-for-the-loggers-own',
    clauses: ['C5'],
    async run(harness) {
      const { invocation } = await json<Facts>(harness, { target: '/logs/taken' })
      const { fields } = await logged(harness, invocation.id, 'with taken names')
      assert.equal(member(fields, 'level'), 'INFO')
      assert.equal(member(fields, 'invocationId'), invocation.id)
      assert.equal(member(fields, 'fields', 'level'), 'mine')
    },
  },
]
