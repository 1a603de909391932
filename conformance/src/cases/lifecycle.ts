import { strict as assert } from 'node:assert'

import type { HttpCase, Check, Harness } from '../types.ts'
import { assertProblem, internalServerError, json, logged, member } from './assert.ts'

interface Answered {
  invocation: { id: string }
}

/** Sends a request whose handler gives work to waitUntil, and gives the invocation's id. */
async function work(harness: Harness, what: string): Promise<string> {
  return (await json<Answered>(harness, { target: `/wait-until/${what}` })).invocation.id
}

/** When the slow work was done and when the client had its answer, in milliseconds of one clock. */
async function slowWork(harness: Harness): Promise<{ doneAt: number; answeredAt: number }> {
  const id = await work(harness, 'slow')
  const answeredAt = Date.now()
  const { fields } = await logged(harness, id, 'the slow work is done')
  return { doneAt: Date.parse(String(member(fields, 'time'))), answeredAt }
}

interface Faulty {
  own: Harness
  /** Which process or isolate had the fault. */
  faulty: string
  /** Which ones answer now. */
  instances(): Promise<string[]>
}

/** A fault in a process that is this case's alone, for it may end it. */
async function haveFault(harness: Harness, what: string): Promise<Faulty> {
  const own = await harness.start('reference')
  await own.send({ target: `/fault/${what}` })
  const faulty = await own.eventually(async () => {
    // Where the platform freezes the process, the fault may come to light with the next request, and may fail that.
    await own.send({ target: '/echo/next' })
    assert.ok(
      own.allLogs().some(({ line }) => line.includes(faults[what] ?? '')),
      'the log does not have the fault',
    )
    const entry = own.allLogs().find(({ fields }) => fields?.['message'] === 'the fault comes')
    return String(member(entry?.fields, 'fields', 'instance'))
  }, 3000)
  const answering = async (): Promise<string> => {
    const { instance } = await json<{ instance: string }>(own, { target: '/instance' })
    return instance
  }
  const instances = async (): Promise<string[]> => {
    const found: string[] = []
    for (let index = 0; index < 6; index++) found.push(await own.eventually(answering))
    return found
  }
  return { own, faulty, instances }
}

const faults: Readonly<Record<string, string>> = {
  rejection: 'a rejection that nobody handles',
  timer: 'thrown by a timer',
}

function survives(what: string): Check {
  return async (harness) => {
    const { faulty, instances } = await haveFault(harness, what)
    // Time to end, for a process that is about to.
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.ok((await instances()).includes(faulty), 'the process that had the fault answers no more')
  }
}

function ends(what: string): Check {
  return async (harness) => {
    const { own, faulty, instances } = await haveFault(harness, what)
    await own.eventually(async () => {
      assert.ok(!(await instances()).includes(faulty), 'the process that had the fault still answers')
    })
  }
}

/** C1, C8 and C9: what begins before an invocation and what goes on after it. */
export const lifecycleCases: readonly HttpCase[] = [
  {
    id: 'http/wait-until-work-is-finished',
    clauses: ['C1'],
    async run(harness) {
      await logged(harness, await work(harness, 'one'), 'the work is done')
    },
  },
  {
    id: 'http/wait-until-takes-several-pieces-of-work',
    clauses: ['C1'],
    async run(harness) {
      const id = await work(harness, 'two')
      await logged(harness, id, 'the short work is done')
      await logged(harness, id, 'the long work is done')
    },
  },
  {
    id: 'http/wait-until-takes-work-that-comes-later',
    clauses: ['C1'],
    async run(harness) {
      const id = await work(harness, 'more')
      await logged(harness, id, 'the first work is done')
      await logged(harness, id, 'the next work is done')
    },
  },
  {
    id: 'http/wait-until-that-rejects-is-logged-and-changes-nothing',
    clauses: ['C1'],
    async run(harness) {
      const lines = await harness.logs(await work(harness, 'rejects'))
      assert.ok(
        lines.some(({ fields }) => member(fields, 'fields', 'error', 'message') === 'the work failed'),
        'no log line has the error',
      )
      await work(harness, 'one')
    },
  },
  {
    id: 'http/wait-until-takes-what-is-no-promise',
    clauses: ['C1'],
    bugs: [139],
    async run(harness) {
      assert.notEqual(await work(harness, 'not-a-promise'), '')
    },
  },
  {
    id: 'http/wait-until-work-of-a-failed-handler-is-finished',
    clauses: ['C1', 'S8'],
    async run(harness) {
      const id = assertProblem(await harness.send({ target: '/fail-with-work' }), 500, internalServerError)
      await logged(harness, id, 'the work is done')
    },
  },
  {
    id: 'http/wait-until-work-goes-on-after-the-answer',
    clauses: ['C1'],
    needs: {
      'http.waitUntilAfterResponse': async (harness) => {
        const { doneAt, answeredAt } = await slowWork(harness)
        assert.ok(answeredAt >= doneAt, `the answer came ${doneAt - answeredAt} ms before the work was done`)
      },
    },
    async run(harness) {
      const { doneAt, answeredAt } = await slowWork(harness)
      assert.ok(answeredAt < doneAt, `the answer came ${answeredAt - doneAt} ms after the work was done`)
    },
  },
  {
    id: 'http/wait-until-work-that-is-cut-keeps-the-answer',
    clauses: ['C1', 'C2'],
    async run(harness) {
      const { invocation } = await json<Answered>(harness, { target: '/cut-work' })
      // Where the work goes on after the answer, no deadline of the function cuts it.
      if (harness.door.capabilities['http.waitUntilAfterResponse'] === true) return
      const lines = await harness.logs(invocation.id)
      assert.ok(
        lines.some(({ line }) => line.includes('cut')),
        'no log line says that work was cut',
      )
    },
  },
  {
    id: 'http/rejection-that-nobody-handles-is-logged',
    clauses: ['C8'],
    needs: { 'process.survivesFault': ends('rejection') },
    run: survives('rejection'),
  },
  {
    id: 'http/error-thrown-by-a-timer-is-logged',
    clauses: ['C8'],
    needs: { 'process.survivesFault': ends('timer') },
    run: survives('timer'),
  },
  {
    id: 'http/module-that-throws-is-named-in-the-log',
    clauses: ['C9'],
    needs: {
      'process.moduleError': async (harness) => {
        const { output, response } = await brokenModule(harness)
        assert.match(output, ownLine)
        assert.match(output, /DATABASE_URL is not set/)
        if (!response) return
        assert.ok(response.status >= 500, `status ${response.status}`)
        assert.doesNotMatch(Buffer.from(response.body).toString(), /DATABASE_URL/)
      },
    },
    async run(harness) {
      const { output, response } = await brokenModule(harness)
      assert.match(output, ownLine)
      assert.match(output, /DATABASE_URL is not set/)
      assert.ok(response, 'the runtime did not start')
      assertProblem(response, 500, internalServerError)
    },
  },
]

/** Ours: the stack of a bundle may name the module too. */
const ownLine = /The module functions\/broken\.ts threw/

/** What the runtime printed, and its answer when it boots at all. */
async function brokenModule(
  harness: Harness,
): Promise<{ output: string; response?: Awaited<ReturnType<Harness['send']>> }> {
  let own: Harness
  try {
    own = await harness.start('broken-module')
  } catch (error) {
    return { output: error instanceof Error ? error.message : String(error) }
  }
  const response = await own.send({ target: '/anything' })
  const printed = (): string =>
    own
      .allLogs()
      .map(({ line }) => line)
      .join('\n')
  await own.eventually(() => assert.match(printed(), ownLine))
  return { output: printed(), response }
}
