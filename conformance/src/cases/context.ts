import { strict as assert } from 'node:assert'

import type { HttpCase } from '../types.ts'
import { assertProblem, json, logged, member, seen, text } from './assert.ts'

const gatewayTimeout = '{"type":"about:blank","title":"Gateway Timeout","status":504,"instance":"<id>"}'
const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const traceparent = `00-${trace.traceId}-${trace.spanId}-01`

/** C2, C3, C4, C6 and C7: the context of a handler. */
export const contextCases: readonly HttpCase[] = [
  {
    id: 'http/deadline-is-answered-with-a-504-problem',
    clauses: ['C2'],
    async run(harness) {
      const id = assertProblem(await harness.send({ target: '/deadline/never' }), 504, gatewayTimeout)
      const { fields } = await harness.eventually(() => {
        const entry = harness.allLogs().find(({ fields: line }) => line?.['invocationId'] === id)
        assert.ok(entry, 'a log line')
        return entry
      })
      assert.equal(member(fields, 'fault'), 'deadline')
    },
  },
  {
    id: 'http/signal-aborts-ahead-of-the-deadline',
    clauses: ['C2'],
    async run(harness) {
      const answer = await json(harness, { target: '/deadline/signal' })
      assert.deepEqual(answer, { aborted: true, reason: 'TimeoutError' })
      const entry = await harness.eventually(() => {
        const line = harness.allLogs().findLast(({ fields }) => fields?.['message'] === 'the signal aborted')
        assert.ok(line, 'the log of the signal')
        return line
      })
      const left = Number(member(entry.fields, 'fields', 'remainingMs'))
      // A timer's clock and the date's round apart by a millisecond or two.
      assert.ok(left > 0 && left <= 102, `${left} ms were left of 1000, a tenth is the margin`)
    },
  },
  {
    id: 'http/remaining-time-counts-down',
    clauses: ['C2'],
    async run(harness) {
      const answer = await json<{ first: number; second: number; aborted: boolean }>(harness, {
        target: '/deadline/remaining',
      })
      assert.ok(answer.first > 500 && answer.first <= 1000, `${answer.first}`)
      assert.ok(answer.second > 0 && answer.second < answer.first, `${answer.second} after ${answer.first}`)
      assert.equal(answer.aborted, false)
    },
  },
  {
    id: 'http/remaining-time-is-that-of-the-front-door',
    clauses: ['C2'],
    async run(harness) {
      const { remainingMs, aborted } = await json<{ remainingMs: number | null; aborted: boolean }>(harness, {
        target: '/remaining',
      })
      assert.equal(aborted, false)
      if (harness.limits.timeoutMs === Infinity) return assert.equal(remainingMs, null)
      assert.ok(remainingMs !== null && remainingMs > 0 && remainingMs <= harness.limits.timeoutMs, `${remainingMs}`)
    },
  },
  {
    id: 'http/signal-does-not-abort-after-the-answer',
    clauses: ['C2'],
    async run(harness) {
      const { invocation } = await json<{ invocation: { id: string } }>(harness, { target: '/deadline/quick' })
      await new Promise((resolve) => setTimeout(resolve, 1000))
      // A process that was frozen since fires the timers that are due when the next request thaws it.
      await seen(harness, { target: '/echo/thaw' })
      await seen(harness, { target: '/echo/thaw' })
      assert.deepEqual(
        harness.allLogs().filter(({ line }) => line.includes(invocation.id)),
        [],
      )
    },
  },
  {
    id: 'http/failure-after-the-deadline-is-logged',
    clauses: ['C2', 'S8'],
    async run(harness) {
      const id = assertProblem(await harness.send({ target: '/deadline/late-failure' }), 504, gatewayTimeout)
      assert.equal((await harness.send({ target: '/echo/next' })).status, 200)
      await harness.eventually(() => assert.ok(harness.allLogs().some(({ fields }) => fields?.['invocationId'] === id)))
    },
  },
  {
    id: 'http/environment-is-that-of-the-platform',
    clauses: ['C3'],
    bugs: [145],
    async run(harness) {
      const names = Object.keys(harness.env)
      assert.notEqual(names.length, 0)
      for (const name of names) {
        const answer = await json<{ value: string; types: string[] }>(harness, { target: `/environment?name=${name}` })
        assert.equal(answer.value, harness.env[name], name)
        assert.deepEqual(answer.types, ['string'])
      }
    },
  },
  {
    id: 'http/environment-has-no-variable-that-is-not-set',
    clauses: ['C3'],
    async run(harness) {
      const answer = await json<{ value: unknown }>(harness, { target: '/environment?name=NOT_SET_ANYWHERE' })
      assert.equal(answer.value, null)
    },
  },
  {
    id: 'http/concurrent-requests-share-nothing',
    clauses: ['C4'],
    bugs: [141],
    async run(harness) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          json<{ param: string; body: string; header: string; invocation: string; trace: string }>(harness, {
            method: 'POST',
            target: `/concurrent/p${index}`,
            headers: [
              ['X-Own', `h${index}`],
              ['X-Pause', String(80 - index * 10)],
              ['Content-Type', 'text/plain'],
              ['traceparent', `00-0000000000000000000000000000000${index + 1}-b7ad6b7169203331-01`],
            ],
            body: `b${index}`,
          }),
        ),
      )
      for (const [index, answer] of answers.entries()) {
        assert.deepEqual(
          [answer.param, answer.body, answer.header, answer.trace],
          [`p${index}`, `b${index}`, `h${index}`, `0000000000000000000000000000000${index + 1}`],
        )
        const { fields } = await logged(harness, answer.invocation, 'after the pause')
        assert.equal(member(fields, 'fields', 'id'), `p${index}`)
      }
      assert.equal(new Set(answers.map(({ invocation }) => invocation)).size, 8)
    },
  },
  {
    id: 'http/invocation-id-is-of-one-request',
    clauses: ['C6'],
    async run(harness) {
      const first = await seen(harness, { target: '/echo/id' })
      const second = await seen(harness, { target: '/echo/id' })
      assert.match(first.invocation.id, /^[\w.:/-]{8,}$/)
      assert.notEqual(second.invocation.id, first.invocation.id)
    },
  },
  {
    id: 'http/invocation-id-of-the-answer-is-that-of-the-log',
    clauses: ['C6', 'S8'],
    async run(harness) {
      const response = await harness.send({ target: '/fail/error' })
      const { instance }: { instance: string } = JSON.parse(text(response))
      const { fields } = await logged(harness, instance, 'The handler failed.')
      assert.equal(member(fields, 'invocationId'), instance)
    },
  },
  {
    id: 'http/trace-of-the-client-is-in-the-context',
    clauses: ['C6'],
    async run(harness) {
      const answer = await seen(harness, { target: '/echo/trace', headers: [['traceparent', traceparent]] })
      assert.equal(answer.trace?.traceId, trace.traceId)
      assert.match(answer.trace?.spanId ?? '', /^(?!0{16})[0-9a-f]{16}$/)
      assert.match(answer.trace?.parent ?? '', new RegExp(`^00-${trace.traceId}-[0-9a-f]{16}-[0-9a-f]{2}$`))
    },
  },
  {
    id: 'http/trace-parent-is-the-span-of-the-client',
    clauses: ['C6'],
    needs: {
      'http.traceParent': async (harness) => {
        const answer = await seen(harness, { target: '/echo/trace', headers: [['traceparent', traceparent]] })
        assert.equal(answer.trace?.traceId, trace.traceId)
        assert.notEqual(answer.trace?.spanId, trace.spanId)
      },
    },
    async run(harness) {
      const answer = await seen(harness, { target: '/echo/trace', headers: [['traceparent', traceparent]] })
      assert.deepEqual(answer.trace, { ...trace, parent: traceparent })
    },
  },
  {
    id: 'http/trace-that-is-malformed-is-no-trace',
    clauses: ['C6'],
    async run(harness) {
      for (const value of [
        'garbage',
        '00-xyz-b7ad6b7169203331-01',
        `ff-${trace.traceId}-${trace.spanId}-01`,
        `00-${'0'.repeat(32)}-${trace.spanId}-01`,
      ]) {
        const answer = await seen(harness, { target: '/echo/trace', headers: [['traceparent', value]] })
        assert.ok(!value.includes(answer.trace?.traceId ?? 'none'), `${value} gave ${answer.trace?.traceId}`)
        assert.match(answer.trace?.traceId ?? trace.traceId, /^(?!0{32})[0-9a-f]{32}$/)
      }
    },
  },
  {
    id: 'http/native-value-is-not-changed',
    clauses: ['C7'],
    bugs: [35],
    async run(harness) {
      const answer = await json(harness, {
        method: 'POST',
        target: '/native?a=1',
        headers: [['Content-Type', 'text/plain']],
        body: 'x',
      })
      assert.deepEqual(answer, { type: 'object', isNull: false, same: true })
    },
  },
  {
    id: 'http/function-has-the-name-of-its-export',
    clauses: ['C6'],
    async run(harness) {
      const answer = await seen(harness, { target: '//double/slash' })
      assert.equal(answer.function.name, 'double-slash')
      assert.notEqual(answer.target, '')
    },
  },
]
