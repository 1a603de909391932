import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { bootWorker, descendants, eventually, isAlive, text, writeWorker } from './testing.ts'

const hello = "export default { fetch: () => new Response('hi') }"

test('compatibility flags and date of the configuration hold', async () => {
  await using booted = await bootWorker(
    "import { Buffer } from 'node:buffer'; export default { fetch: () => new Response(Buffer.from('6869', 'hex')) }",
    { configuration: { compatibility_flags: ['nodejs_compat'] } },
  )
  expect(text(await booted.door.send({}))).toBe('hi')
})

test('other modules of the target can be imported', async () => {
  await using booted = await bootWorker(
    "import page from './page.html'; import data from './data.bin'; export default { fetch: () => new Response(page + new Uint8Array(data)) }",
    { files: { 'page.html': '<p>', 'data.bin': Uint8Array.of(0, 255) } },
  )
  expect(text(await booted.door.send({}))).toBe('<p>0,255')
})

test('a worker that throws while it loads is told, with what workerd says', async () => {
  await expect(bootWorker(`throw new Error('cannot load'); ${hello}`)).rejects.toThrow(
    /The worker shop could not be started\.[^]*cannot load/,
  )
  await expect(bootWorker('export default {')).rejects.toThrow(/could not be started\.[^]*SyntaxError/)
})

test('a configuration that workerd refuses is told', async () => {
  await expect(bootWorker(hello, { configuration: { compatibility_flags: ['no_such_flag'] } })).rejects.toThrow(
    /could not be started\.[^]*no_such_flag/,
  )
})

test('nothing is left after stop', async () => {
  const booted = await bootWorker(hello)
  const mine = descendants(process.pid)
  expect(mine.some(({ name }) => name === 'workerd')).toBe(true)
  await booted[Symbol.asyncDispose]()
  const left = mine.filter(({ pid, name }) => name === 'workerd' && isAlive(pid))
  expect(left).toEqual([])
})

test('workerd does not outlive a host that is killed', async () => {
  const directory = await writeWorker(hello)
  const script = `
    const { cloudflareWorkersHost } = await import(${JSON.stringify(join(import.meta.dirname, 'host.ts'))})
    const { readFileSync } = await import('node:fs')
    const directory = ${JSON.stringify(directory)}
    const manifest = JSON.parse(readFileSync(directory + '/manifest.json', 'utf8'))
    await cloudflareWorkersHost.boot(directory, manifest, {})
    process.stdout.write('booted')`
  const host = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(host.stdout, 'data')
  const started = descendants(host.pid ?? 0)
  expect(started.some(({ name }) => name === 'workerd')).toBe(true)
  host.kill('SIGKILL')
  await eventually(() => expect(started.filter(({ pid }) => isAlive(pid))).toEqual([]))
  await rm(directory, { recursive: true, force: true })
})
