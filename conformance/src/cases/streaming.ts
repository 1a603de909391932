import { strict as assert } from 'node:assert'

import type { HttpCase, Harness } from '../types.ts'
import { assertHeader, assertProblem, hex, internalServerError, rest, text, values } from './assert.ts'

async function wait(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

async function assertAlive(harness: Harness): Promise<void> {
  assert.equal((await harness.send({ target: '/echo/alive' })).status, 200)
}

/** S9 to S11: answers that are made piece by piece. */
export const streamingCases: readonly HttpCase[] = [
  {
    id: 'http/stream-parts-arrive-in-order',
    clauses: ['S9'],
    async run(harness) {
      const response = await harness.send({ target: '/stream/numbers' })
      assert.deepEqual([response.status, response.complete], [200, true])
      assert.equal(text(response), Array.from({ length: 500 }, (_, index) => `${index}\n`).join(''))
    },
  },
  {
    id: 'http/stream-of-text-is-utf-8',
    clauses: ['S9'],
    bugs: [130],
    async run(harness) {
      const response = await harness.send({ target: '/stream/text' })
      assert.equal(hex(response.body), hex(Buffer.from('grüße 漢字 🦆')))
    },
  },
  {
    id: 'http/streams-of-concurrent-requests-do-not-mix',
    clauses: ['S9', 'C4'],
    bugs: [141],
    async run(harness) {
      const targets = ['/stream/numbers', '/stream/empty-chunks', '/stream/numbers', '/stream/text']
      const responses = await Promise.all(targets.map((target) => harness.send({ target })))
      const numbers = Array.from({ length: 500 }, (_, index) => `${index}\n`).join('')
      assert.deepEqual(responses.map(text), [numbers, 'part 1;part 3;', numbers, 'grüße 漢字 🦆'])
    },
  },
  {
    id: 'http/stream-part-of-no-bytes-does-not-end-it',
    clauses: ['S9'],
    async run(harness) {
      const response = await harness.send({ target: '/stream/empty-chunks' })
      assert.deepEqual([response.status, text(response), response.complete], [200, 'part 1;part 3;', true])
    },
  },
  {
    id: 'http/stream-of-no-parts-is-an-empty-answer',
    clauses: ['S9', 'S10'],
    bugs: [122],
    async run(harness) {
      const response = await harness.send({ target: '/stream/nothing' })
      assert.deepEqual([response.status, response.body.length, response.complete], [200, 0, true])
      assertHeader(response, 'content-type', 'text/plain')
    },
  },
  {
    id: 'http/stream-begins-before-its-last-part-is-made',
    clauses: ['S9'],
    needs: {
      'http.streaming': async (harness) => {
        const response = await harness.send({ target: '/stream/clock' })
        assert.match(text(response), /^first\n\d{13}$/)
        assert.ok(response.complete)
      },
    },
    async run(harness) {
      const exchange = await harness.open({ target: '/stream/clock' })
      assert.equal(Buffer.from((await exchange.read()) ?? []).toString(), 'first\n')
      const readAt = Date.now()
      const madeAt = Number(await rest(exchange))
      assert.ok(madeAt > readAt, `the last part was made ${readAt - madeAt} ms before the first was read`)
    },
  },
  {
    id: 'http/stream-that-fails-midway-does-not-look-complete',
    clauses: ['S9', 'S8'],
    bugs: [125],
    needs: {
      'http.streamAbort': async (harness) => {
        const response = await harness.send({ target: '/stream/fails-midway' })
        assert.deepEqual([response.status, text(response), response.complete], [200, 'part 0;part 1;', true])
      },
    },
    async run(harness) {
      const response = await harness.send({ target: '/stream/fails-midway' })
      if (response.status === 500) return void assertProblem(response, 500, internalServerError)
      assert.equal(response.status, 200)
      assert.equal(response.complete, false)
      assert.ok('part 0;part 1;'.startsWith(text(response)), text(response))
    },
  },
  {
    id: 'http/stream-that-fails-midway-is-logged',
    clauses: ['S9', 'S8'],
    bugs: [125],
    async run(harness) {
      const before = harness.allLogs().length
      await harness.send({ target: '/stream/fails-midway' })
      await harness.eventually(() => {
        const lines = harness.allLogs().slice(before)
        assert.ok(lines.some(({ line }) => line.includes('secret of the third part')))
      })
    },
  },
  {
    id: 'http/stream-that-fails-at-once-is-no-success',
    clauses: ['S9', 'S8'],
    bugs: [120],
    needs: {
      'http.streamAbort': async (harness) => {
        const response = await harness.send({ target: '/stream/fails-at-once' })
        assert.deepEqual([response.status, text(response), response.complete], [200, '', true])
      },
    },
    async run(harness) {
      const response = await harness.send({ target: '/stream/fails-at-once' })
      // Where the head has not left yet it is a 500, of the platform's own making perhaps.
      assert.ok(response.status >= 500 || !response.complete, `status ${response.status}, complete`)
      assert.doesNotMatch(text(response), /secret/)
    },
  },
  {
    id: 'http/stream-shorter-than-its-content-length-deceives-nobody',
    clauses: ['S7', 'S9'],
    bugs: [72],
    async run(harness) {
      const response = await harness.send({ target: '/stream/short' })
      // A connection that was broken before its head arrived is a failure of whoever stands in front.
      if (response.status >= 500) return assert.doesNotMatch(text(response), /part/)
      assert.equal(response.status, 200)
      assert.ok('part 0;part 1;'.startsWith(text(response)), text(response))
      if (!response.complete) return
      assert.equal(text(response), 'part 0;part 1;')
      assert.ok(['', '14'].includes(values(response, 'content-length').join()))
    },
  },
  {
    id: 'http/stream-is-cancelled-when-the-client-goes-away',
    clauses: ['S11'],
    bugs: [124, 126, 127, 135, 137],
    needs: { 'http.clientGone': assertAlive },
    async run(harness) {
      const exchange = await harness.open({ target: '/stream/ticks' })
      const [id = ''] = values(await exchange.head, 'x-invocation')
      assert.equal(
        Buffer.from((await exchange.read()) ?? [])
          .toString()
          .slice(0, 7),
        'tick 0\n',
      )
      exchange.destroy()
      await harness.eventually(() => {
        const messages = harness.allLogs().filter(({ line }) => line.includes(id))
        assert.ok(messages.some(({ fields }) => fields?.['message'] === 'the stream was cancelled'))
      }, 1500)
    },
  },
  {
    id: 'http/stream-that-ends-is-not-cancelled',
    clauses: ['S11'],
    bugs: [136],
    async run(harness) {
      const response = await harness.send({ target: '/pumped' })
      assert.equal(text(response), 'part;part;part;')
      const [id = ''] = values(response, 'x-invocation')
      const messages = (await harness.logs(id)).map(({ fields }) => fields?.['message'])
      assert.deepEqual(messages, ['made a part', 'made a part', 'made a part'])
    },
  },
  {
    id: 'http/stream-waits-for-a-client-that-does-not-read',
    clauses: ['S11'],
    needs: { 'http.backPressure': assertAlive },
    async run(harness) {
      const exchange = await harness.open({ target: '/stream/endless' })
      const head = await Promise.race([exchange.head, wait(1000)])
      assert.ok(head, 'the head waits for the body')
      const [id = ''] = values(head, 'x-invocation')
      assert.notEqual(id, '')
      const produced = (): number =>
        harness.allLogs().filter(({ line }) => line.includes(id) && line.includes('"produced"')).length
      // The source comes to a halt, or makes all 64 MiB. What it makes before that lies in the kernel: up to 4 MiB where
      // it is sent and 6 MiB where it is received (Linux's tcp_wmem and tcp_rmem), for the connection to the runtime and
      // for the client's.
      let before = -1
      while (produced() > before || before === 0) {
        before = produced()
        await wait(400)
      }
      assert.ok(produced() <= 2 * (4 + 6) + 4, `${produced()} MiB were made for a client that reads nothing`)
      exchange.destroy()
      await assertAlive(harness)
    },
  },
]
