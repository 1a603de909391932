import assert from 'node:assert'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Absence, CapabilityKey } from '@isobar/core'
import { describe, expect, it } from 'vitest'

import { allBut } from '../testing/capabilities.ts'
import type { HttpCase, Exchange, Harness, LogEntry, RawResponse } from '../types.ts'
import { createHarness, type BootedDoor } from './http-harness.ts'
import { runCase as judge } from './run-case.ts'

const answer: RawResponse = {
  status: 200,
  headers: [['Content-Type', 'text/plain']],
  body: new TextEncoder().encode('hello'),
  chunks: [],
  complete: true,
}

const absence: Absence = { absent: 'The gateway joins them.', because: 'platform', source: 'https://docs.example/1' }

interface FakeDoor extends BootedDoor {
  destroyed: number
  stopped: number
  logs: LogEntry[]
}

function fakeDoor(absent: readonly CapabilityKey[] = []): FakeDoor {
  const door: FakeDoor = {
    origin: 'https://shop.example.test',
    address: 'http://localhost:1',
    front: 'emulated',
    capabilities: allBut(absent, absence),
    limits: { requestBytes: 1, responseBytes: 1, timeoutMs: Infinity },
    env: {},
    logs: [],
    destroyed: 0,
    stopped: 0,
    send: async () => answer,
    open: async (): Promise<Exchange> => ({
      head: Promise.resolve({ status: 200, headers: [] }),
      read: () => new Promise(() => {}),
      complete: false,
      write: async () => {},
      destroy: () => {
        door.destroyed += 1
      },
    }),
    stop: async () => {
      door.stopped += 1
    },
  }
  return door
}

const holds = async (): Promise<void> => {}
const breaks = async (): Promise<void> => assert.equal('got this', 'wanted that')

function testCase(run: HttpCase['run'], needs?: HttpCase['needs']): HttpCase {
  return { id: 'http/values-stay-apart', clauses: ['R6'], run, ...(needs && { needs }) }
}

/** Judges a case at a door. */
function runCase(one: HttpCase, door: BootedDoor, start = noStart, limitMs?: number): ReturnType<typeof judge> {
  return judge(one, door.capabilities, () => createHarness(door, start), limitMs)
}

const noStart = (): Promise<BootedDoor> => Promise.reject(new Error('Nothing to start.'))

describe('the judgement of a case', () => {
  it('passes what holds', async () => {
    const result = await runCase(testCase(holds), fakeDoor(), noStart)
    expect(result).toMatchObject({ result: 'pass', cut: false })
    expect(result.reason).toBeUndefined()
  })

  it('fails what does not hold, with both values', async () => {
    const result = await runCase(testCase(breaks), fakeDoor(), noStart)
    expect(result.result).toBe('fail')
    expect(result.exchange?.expected).toContain('"wanted that"')
    expect(result.exchange?.expected).toContain('values stay apart')
    expect(result.exchange?.got).toContain('"got this"')
  })

  it('fails what does not hold although the capability is there', async () => {
    const result = await runCase(testCase(breaks, { 'http.repeatedHeaders': holds }), fakeDoor(), noStart)
    expect(result.result).toBe('fail')
  })

  it('is declared when the capability is absent and the door does what it declares', async () => {
    const door = fakeDoor(['http.repeatedHeaders'])
    const result = await runCase(testCase(breaks, { 'http.repeatedHeaders': holds }), door, noStart)
    expect(result.result).toBe('declared')
    expect(result.reason).toBe('http.repeatedHeaders (platform): The gateway joins them. https://docs.example/1')
  })

  it('fails when the capability is absent and the door does something else', async () => {
    const door = fakeDoor(['http.repeatedHeaders'])
    const result = await runCase(testCase(breaks, { 'http.repeatedHeaders': breaks }), door, noStart)
    expect(result.result).toBe('fail')
    expect(result.reason).toContain("not what the absence of 'http.repeatedHeaders' declares")
  })

  it('fails a door that declares too much', async () => {
    const door = fakeDoor(['http.repeatedHeaders'])
    const result = await runCase(testCase(holds, { 'http.repeatedHeaders': holds }), door, noStart)
    expect(result.result).toBe('fail')
    expect(result.reason).toContain('declared too much')
  })

  it('does not look at an absence that the case does not need', async () => {
    const door = fakeDoor(['http.streaming'])
    const result = await runCase(testCase(breaks, { 'http.repeatedHeaders': holds }), door, noStart)
    expect(result.result).toBe('fail')
    expect(await runCase(testCase(holds), door, noStart)).toMatchObject({ result: 'pass' })
  })

  it.each([
    ['declared', { 'http.streaming': holds, 'http.streamAbort': breaks }],
    ['fail', { 'http.streamAbort': breaks, 'http.streaming': holds }],
  ] as const)('lets the first absent capability decide: %s', async (expected, needs) => {
    const door = fakeDoor(['http.streaming', 'http.streamAbort'])
    expect(await runCase(testCase(breaks, needs), door, noStart)).toMatchObject({ result: expected })
  })
})

describe('the time of a case', () => {
  it('cuts a case that hangs', async () => {
    const result = await runCase(
      testCase(() => new Promise(() => {})),
      fakeDoor(),
      noStart,
      30,
    )
    expect(result).toMatchObject({ result: 'fail', cut: true, reason: 'The case was cut after 30 ms.' })
  })

  it('cuts an assertion of declared behaviour that hangs', async () => {
    const door = fakeDoor(['http.streaming'])
    const result = await runCase(testCase(breaks, { 'http.streaming': () => new Promise(() => {}) }), door, noStart, 30)
    expect(result).toMatchObject({ result: 'fail', cut: true })
    expect(result.reason).toContain('The case was cut after 30 ms.')
  })

  it('destroys what the case left open', async () => {
    const door = fakeDoor()
    await runCase(
      testCase(async (harness) => {
        await harness.open({ target: '/' })
      }),
      door,
      noStart,
    )
    expect(door.destroyed).toBe(1)
  })

  it('refuses what a case that is over still sends', async () => {
    let kept: Harness | undefined
    const keep = async (harness: Harness): Promise<void> => {
      kept = harness
    }
    await runCase(testCase(keep), fakeDoor(), noStart)
    await expect(kept?.send({ target: '/' })).rejects.toThrow('The case is over')
  })

  it('stops the applications that a case started, also when it failed', async () => {
    const other = fakeDoor()
    const result = await runCase(
      testCase(async (harness) => {
        await harness.start('broken-module')
        assert.fail('then it failed')
      }),
      fakeDoor(),
      async () => other,
    )
    expect(result.result).toBe('fail')
    expect(other.stopped).toBe(1)
  })
})

describe('the harness', () => {
  it('records what was sent and what came back', async () => {
    const result = await runCase(
      testCase(async (harness) => {
        await harness.send({
          method: 'POST',
          target: '/a?b',
          headers: [['X-Case', 'Kept']],
          body: new Uint8Array([0, 255]),
        })
      }),
      fakeDoor(),
      noStart,
    )
    expect(result.exchange).toEqual({
      request: 'POST /a?b\nX-Case: Kept\n\nhex 00 ff',
      expected: 'values stay apart',
      got: 'HTTP 200\nContent-Type: text/plain\n\nhello',
    })
  })

  it('cuts long bodies in the record', async () => {
    const door = { ...fakeDoor(), send: async () => ({ ...answer, body: new Uint8Array(5_000).fill(97) }) }
    const result = await runCase(
      testCase(async (harness) => {
        await harness.send({})
        assert.fail('so that all of the record is kept')
      }),
      door,
      noStart,
    )
    expect(result.exchange?.got).toContain(`${'a'.repeat(1024)}\n(5000 bytes, the first 1024 shown)`)
  })

  it('waits for the log lines of one invocation', async () => {
    const door = fakeDoor()
    const line = (id: string): LogEntry => ({
      line: `{"invocationId":"${id}"}`,
      stream: 'stdout',
      fields: { invocationId: id },
    })
    door.logs.push(line('other'), { line: 'START mine', stream: 'stdout' })
    let found: LogEntry[] = []
    await runCase(
      testCase(async (harness) => {
        void sleep(20).then(() => door.logs.push(line('mine')))
        found = await harness.logs('mine')
      }),
      door,
      noStart,
    )
    expect(found).toEqual([line('mine')])
  })

  it('tries an assertion until it holds, and gives what it threw last', async () => {
    let tries = 0
    const result = await runCase(
      testCase(async (harness) => {
        assert.equal(await harness.eventually(() => (++tries < 3 ? assert.fail('not yet') : 'held')), 'held')
        await harness.eventually(() => assert.fail('never'), 30)
      }),
      fakeDoor(),
      noStart,
    )
    expect(tries).toBe(3)
    expect(result.reason).toBe('never')
  })
})
