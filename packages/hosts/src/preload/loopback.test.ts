import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { ownScript } from '../own-script.ts'
import { startRuntime } from '../runtime-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'isobar-loopback-'))

afterAll(() => rmSync(folder, { recursive: true }))

/** Runs `listen` in a child with the preload and gives the server's address, and the child's sockets as the system sees them. */
async function listening(listen: string): Promise<Record<string, unknown>> {
  const script = join(folder, `${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(
    script,
    `import { createServer } from 'node:http'
     import { readFileSync } from 'node:fs'
     const server = createServer()
     server.once('listening', () => {
       const { address, port } = typeof server.address() === 'string' ? { address: server.address() } : server.address()
       const suffix = ':' + (port ?? 0).toString(16).toUpperCase().padStart(4, '0')
       const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\\n'))
       // 0A: LISTEN, https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
       const sockets = rows.map((row) => row.trim().split(/ +/)).filter((row) => row[3] === '0A' && row[1].endsWith(suffix))
       console.log(JSON.stringify({ address, sockets: sockets.map((row) => row[1].slice(0, -suffix.length)) }))
       setImmediate(() => process.exit())
     })
     const done = () => {}
     ${listen}`,
  )
  const runtime = startRuntime({ script, cwd: folder, env: {}, preload: [ownScript('#loopback')] })
  const { output } = await runtime.exited
  const fields = runtime.logs[0]?.fields
  if (fields === undefined) throw new Error(output)
  return fields
}

describe('the loopback preload', () => {
  it.each([
    'server.listen()',
    'server.listen(done)',
    'server.listen(0)',
    'server.listen("0")',
    'server.listen(0, done)',
    'server.listen(0, 128)',
    'server.listen(0, 128, done)',
    'server.listen(0, undefined, done)',
    'server.listen(0, undefined, 128, done)',
    'server.listen(0, null)',
    'server.listen(undefined)',
    'server.listen(null, done)',
    'server.listen(0, "0.0.0.0")',
    'server.listen(0, "0.0.0.0", done)',
    'server.listen(0, "::", 128, done)',
    'server.listen(0, "localhost")',
    'server.listen({ port: 0 })',
    'server.listen({ port: 0 }, done)',
    'server.listen({ port: 0, host: "0.0.0.0" })',
    'server.listen({ port: 0, host: "::", ipv6Only: true })',
    'server.listen({ port: 0, host: "localhost", backlog: 5 })',
  ])('binds %s to 127.0.0.1 only', async (listen) => {
    const { address, sockets } = await listening(listen)
    expect(address).toBe('127.0.0.1')
    // 127.0.0.1, as the kernel writes it on a little-endian machine.
    expect(sockets).toEqual(['0100007F'])
  })

  it.each(['server.listen("./a.sock")', 'server.listen({ path: "./b.sock" })'])(
    'leaves the local socket of %s alone',
    async (listen) => {
      expect((await listening(listen))['address']).toMatch(/\.sock$/)
    },
  )

  it('calls back and keeps the errors of listen', async () => {
    const script = join(folder, 'errors.mjs')
    writeFileSync(
      script,
      `import { createServer } from 'node:net'
       const server = createServer().listen(0, () => {
         createServer().once('error', (error) => { console.log(error.code); process.exit() }).listen(server.address().port)
       })
       try { createServer().listen({}) } catch (error) { console.log(error.code) }`,
    )
    const runtime = startRuntime({ script, cwd: folder, env: {}, preload: [ownScript('#loopback')] })
    await runtime.exited
    expect(runtime.logs.map(({ line }) => line)).toEqual(['ERR_INVALID_ARG_VALUE', 'EADDRINUSE'])
  })

  it('is what the package ships', () => {
    expect(readFileSync(ownScript('#loopback'), 'utf8')).toContain('127.0.0.1')
  })
})
