import assert from 'node:assert'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Target } from '@isobar/compiler'
import { createFrontDoor, running, type Host } from '@isobar/hosts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { allBut } from '../testing/capabilities.ts'
import type { HttpCase } from '../types.ts'
import { runConformance, type Progress } from './run-conformance.ts'

let workDirectory: string
beforeAll(async () => {
  workDirectory = await mkdtemp(join(tmpdir(), 'isobar-conformance-'))
})
afterAll(() => rm(workDirectory, { recursive: true }))

const everything = allBut([], { absent: 'nothing', because: 'platform', source: 'none' })

/** A target that nobody of this repository knows. */
function customTarget(name: string, platform = 'custom'): Target {
  return {
    name,
    platform,
    capabilities: everything,
    limits: { requestBytes: 1, responseBytes: 1, timeoutMs: Infinity },
    external: [],
    conditions: [],
    runtime: { kind: 'node', version: '24' },
    emit: ({ functions }) => ({
      entries: [
        { functions: functions.map((item) => item.name), file: 'index.mjs', source: 'export const made = true' },
      ],
      files: [],
      diagnostics: [],
    }),
  }
}

/** Its host: a server that says how often it was booted, and hangs at `/hang`. */
function customHost(): Host & { boots: number; running: number } {
  const host = {
    platform: 'custom',
    boots: 0,
    running: 0,
    async boot() {
      const boot = ++host.boots
      host.running += 1
      const server: Server = createServer((request, response) => {
        if (request.url !== '/hang') response.end(`boot ${boot}`)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      assert.ok(typeof address === 'object' && address !== null)
      const stop = async (): Promise<void> => {
        if (!server.listening) return
        host.running -= 1
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      const door = createFrontDoor({
        id: 'custom',
        port: address.port,
        runtime: { name: 'custom-runtime', version: '1.2.3' },
        front: 'vendor',
      })
      return running({ doors: [door], logs: [], stop })
    },
  } satisfies Host & { boots: number; running: number }
  return host
}

const answers: HttpCase = {
  id: 'http/answers',
  clauses: ['S1'],
  bugs: [7],
  async run(harness) {
    assert.match(new TextDecoder().decode((await harness.send({})).body), /^boot \d$/)
  },
}
const hangs: HttpCase = {
  id: 'http/hangs',
  clauses: ['S9'],
  async run(harness) {
    await harness.send({ target: '/hang' })
  },
}

describe('a run', () => {
  it('takes a target and a host of somebody else', async () => {
    const host = customHost()
    const report = await runConformance({
      targets: [customTarget('theirs')],
      hosts: [host],
      cases: [answers],
      workDirectory,
    })
    expect(report).toMatchObject({
      schema: 1,
      node: process.versions.node,
      doors: [
        { id: 'custom', platform: 'custom', runtime: { name: 'custom-runtime', version: '1.2.3' }, front: 'vendor' },
      ],
      cases: [{ id: 'http/answers', clauses: ['S1'], bugs: [7] }],
      results: [{ case: 'http/answers', door: 'custom', result: 'pass' }],
      totals: { pass: 1, fail: 0, declared: 0 },
    })
    expect(host.running).toBe(0)
  })

  it('boots a target again after a case that hangs', async () => {
    const host = customHost()
    const report = await runConformance({
      targets: [customTarget('theirs')],
      hosts: [host],
      cases: [hangs, answers],
      caseLimitMs: 50,
      workDirectory,
    })
    expect(report.results.map(({ result }) => result)).toEqual(['fail', 'pass'])
    expect(report.results[1]?.exchange?.got).toContain('boot 2')
    expect(host).toMatchObject({ boots: 2, running: 0 })
  })

  it('fails every case of a door that does not boot, with what its runtime said', async () => {
    const host: Host = {
      platform: 'custom',
      boot: () => Promise.reject(new Error('custom-runtime ended with code 1. It printed: no such module')),
    }
    const seen: Progress[] = []
    const report = await runConformance({
      targets: [customTarget('theirs')],
      hosts: [host],
      cases: [answers, hangs],
      workDirectory,
      onProgress: (progress) => seen.push(progress),
    })
    expect(report.totals).toEqual({ pass: 0, fail: 2, declared: 0 })
    for (const { reason } of report.results) expect(reason).toContain('no such module')
    expect(report.doors).toMatchObject([{ id: 'custom', runtime: { name: 'not started' } }])
    expect(seen.find(({ kind }) => kind === 'door')).toMatchObject({ error: expect.stringContaining('no such module') })
  })

  it('fails every case of a target that cannot be built, with the diagnostics', async () => {
    const target: Target = {
      ...customTarget('theirs'),
      emit: () => ({
        entries: [],
        files: [],
        diagnostics: [{ id: 'x-refused', severity: 'error', text: 'This target is refused.', notes: [] }],
      }),
    }
    const report = await runConformance({ targets: [target], hosts: [customHost()], cases: [answers], workDirectory })
    expect(report.results[0]).toMatchObject({
      result: 'fail',
      reason: expect.stringContaining('This target is refused.'),
    })
  })

  it('keeps two targets of one door apart', async () => {
    const report = await runConformance({
      targets: [customTarget('one'), customTarget('two')],
      hosts: [customHost()],
      cases: [answers],
      workDirectory,
    })
    expect(report.doors.map(({ id }) => id)).toEqual(['custom (one)', 'custom (two)'])
    expect(report.results.map(({ door }) => door)).toEqual(['custom (one)', 'custom (two)'])
  })

  it('tells its progress', async () => {
    const seen: Progress[] = []
    await runConformance({
      targets: [customTarget('one'), customTarget('two')],
      hosts: [customHost()],
      cases: [answers],
      workDirectory,
      concurrency: 1,
      onProgress: (progress) => seen.push(progress),
    })
    expect(seen.map(({ kind }) => kind)).toEqual(['start', 'door', 'result', 'door', 'result'])
    expect(seen.flatMap((item) => (item.kind === 'result' ? [[item.done, item.total]] : []))).toEqual([
      [1, 2],
      [2, 2],
    ])
  })

  it('runs the cases that a glob matches, and refuses one that matches none', async () => {
    const run = (caseGlob: string): ReturnType<typeof runConformance> =>
      runConformance({
        targets: [customTarget('one')],
        hosts: [customHost()],
        cases: [answers, hangs],
        workDirectory,
        caseGlob,
      })
    expect((await run('http/ans*')).cases.map(({ id }) => id)).toEqual(['http/answers'])
    await expect(run('http/ans')).rejects.toThrow("No conformance case matches 'http/ans'")
  })

  it('writes the reports, and leaves nothing else behind', async () => {
    const reportDirectory = join(workDirectory, 'report')
    const options = {
      targets: [customTarget('one')],
      hosts: [customHost()],
      cases: [answers],
      workDirectory,
      reportDirectory,
    }
    const report = await runConformance(options)
    expect(JSON.parse(await readFile(join(reportDirectory, 'report.json'), 'utf8'))).toEqual(report)
    expect((await readdir(reportDirectory)).toSorted()).toEqual(['junit.xml', 'report.html', 'report.json'])
    expect(await readdir(workDirectory)).toEqual(['report'])
  })
})
