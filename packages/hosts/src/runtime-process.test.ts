import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { startRuntime, type RuntimeProcess } from './runtime-process.ts'
import { until } from './testing.ts'
import type { LogEntry } from './types.ts'

const folder = mkdtempSync(join(tmpdir(), 'isobar-runtime-'))

afterAll(() => rmSync(folder, { recursive: true }))

function script(text: string): string {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(file, text)
  return file
}

function start(text: string, options: { ipc?: boolean; env?: Record<string, string> } = {}): RuntimeProcess {
  return startRuntime({ script: script(text), cwd: folder, env: {}, ...options })
}

/** The letter of /proc/PID/stat: T stopped; undefined: there is no such process any more. */
function state(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const letter = stat.slice(stat.lastIndexOf(')') + 2)[0]
    return letter === 'Z' ? undefined : letter
  } catch {
    return undefined
  }
}

describe('startRuntime', () => {
  it('splits what the child prints into lines, and parses JSON objects', async () => {
    const seen: LogEntry[] = []
    const file = script(`
      process.stdout.write('one\\r\\n{"level":')
      setTimeout(() => process.stdout.write('"info"}\\n[1]\\n{broken\\nl\\u00e4st'), 20)
      setTimeout(() => process.stderr.write('bad\\n'), 100)`)
    const runtime = startRuntime({ script: file, cwd: folder, env: {}, onLog: (entry) => seen.push(entry) })
    const { code, output } = await runtime.exited
    expect(code).toBe(0)
    expect(runtime.logs.filter(({ stream }) => stream === 'stdout')).toEqual([
      { line: 'one', stream: 'stdout' },
      { line: '{"level":"info"}', stream: 'stdout', fields: { level: 'info' } },
      { line: '[1]', stream: 'stdout' },
      { line: '{broken', stream: 'stdout' },
      { line: 'l\u00e4st', stream: 'stdout' },
    ])
    expect(runtime.logs).toContainEqual({ line: 'bad', stream: 'stderr' })
    expect(seen).toEqual(runtime.logs)
    expect(output.split('\n')).toContain('bad')
    expect(runtime.running).toBe(false)
  })

  it('does not pass its own environment on', async () => {
    process.env['ISOBAR_SECRET'] = 'x'
    const runtime = start('console.log(JSON.stringify(process.env))', { env: { GIVEN: 'y' } })
    await runtime.exited
    delete process.env['ISOBAR_SECRET']
    expect(Object.keys(runtime.logs[0]?.fields ?? {}).toSorted()).toEqual(['GIVEN', 'PATH'])
  })

  it('opens a channel that carries what JSON cannot', async () => {
    const runtime = start('process.once("message", (m) => { process.send(m); process.disconnect() })', { ipc: true })
    runtime.child.send({ bytes: new Uint8Array([1, 2]) })
    const [message] = await once(runtime.child, 'message')
    expect(message).toEqual({ bytes: new Uint8Array([1, 2]) })
    await runtime.exited
  })

  it('tells how the child failed', async () => {
    const runtime = startRuntime({ script: join(folder, 'missing.mjs'), cwd: folder, env: {} })
    const { code, output } = await runtime.exited
    expect(code).toBe(1)
    expect(output).toContain('missing.mjs')
  })

  it('says so when no process can be made', () => {
    expect(() => startRuntime({ script: 'x.mjs', cwd: join(folder, 'nowhere'), env: {} })).toThrow('nowhere')
  })

  it('freezes and thaws the child and what it started', async () => {
    const runtime = start(`
      import { spawn } from 'node:child_process'
      console.log(JSON.stringify({ pid: spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid }))`)
    const grandchild = Number((await until(() => runtime.logs[0]?.fields))['pid'])
    runtime.freeze()
    await until(() => state(runtime.pid) === 'T' && state(grandchild) === 'T')
    runtime.thaw()
    await until(() => state(runtime.pid) !== 'T' && state(grandchild) !== 'T')
    await runtime.stop(0)
    await until(() => state(grandchild) === undefined)
  })

  it('ends what a child leaves behind when it ends by itself', async () => {
    const runtime = start(`
      import { spawn } from 'node:child_process'
      const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      console.log(JSON.stringify({ pid: left.pid }))
      left.unref()`)
    expect(await runtime.exited).toMatchObject({ code: 0 })
    const left = Number(runtime.logs[0]?.fields?.['pid'])
    await until(() => state(left) === undefined)
  })

  it('stops a frozen child, which can still clean up', async () => {
    const runtime = start(`
      process.once('SIGTERM', () => { console.log('clean'); process.exit(7) })
      setInterval(() => {}, 1000)
      console.log('ready')`)
    await until(() => runtime.logs.length > 0)
    runtime.freeze()
    await runtime.stop(10_000)
    expect(runtime.logs.map(({ line }) => line)).toEqual(['ready', 'clean'])
    expect(await runtime.exited).toMatchObject({ code: 7, signal: null })
  })

  it('kills a child that does not end within the grace', async () => {
    const runtime = start('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("ready")')
    await until(() => runtime.logs.length > 0)
    await runtime.stop(50)
    expect(await runtime.exited).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  it.each([false, true])('leaves no process behind when the parent is killed (child frozen: %s)', async (frozen) => {
    const parent = script(`
      import { startRuntime } from ${JSON.stringify(join(import.meta.dirname, 'runtime-process.ts'))}
      const ended = startRuntime({ script: ${JSON.stringify(script(''))}, cwd: '/', env: {} })
      await ended.exited
      const runtime = startRuntime({ script: ${JSON.stringify(script('setInterval(() => {}, 1000)'))}, cwd: '/', env: {} })
      if (${frozen}) runtime.freeze()
      console.log(runtime.pid)
      setInterval(() => {}, 1000)`)
    const child = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(child.stdout, 'data')
    const pid = Number(String(line))
    const started = childrenOf(child.pid ?? 0)
    expect(started).toContain(pid)
    // The runtime and the watcher.
    expect(started).toHaveLength(2)
    if (frozen) await until(() => state(pid) === 'T')
    child.kill('SIGKILL')
    await until(() => started.every((other) => state(other) === undefined), 2000)
  })
})

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}
