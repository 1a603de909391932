import { expect, it } from 'vitest'

import { boot } from './boot.ts'
import { folderWith, testManifest } from './testing.ts'

/** Its first process ends shortly after its first request has come, without reading it; the second one answers. */
const server = `
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
const first = !existsSync('started')
writeFileSync('started', '')
console.log('start')
if (first) process.once('SIGCONT', () => setTimeout(() => process.exit(1), 100))
createServer({ pauseOnConnect: first }, (socket) => {
  socket.once('error', () => {})
  socket.once('data', () => socket.end('HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\nok'))
}).listen(process.env.PORT)
`

function container() {
  return folderWith({
    'manifest.json': JSON.stringify(testManifest('cloud-run', 'server.mjs')),
    'server.mjs': server,
  })
}

it('gives a request that an ending instance has not read to the next one', async () => {
  using folder = container()
  await using running = await boot('cloud-run', folder.path)
  const [door] = running.doors
  expect(await door?.send({})).toMatchObject({ status: 200, complete: true })
  expect(running.logs.map(({ line }) => line)).toEqual(['start', 'start'])
})

it('answers 503 for a body that may have been read in part', async () => {
  using folder = container()
  await using running = await boot('cloud-run', folder.path)
  const [door] = running.doors
  expect(await door?.send({ method: 'POST', body: 'once' })).toMatchObject({ status: 503 })
  expect(await door?.send({ method: 'POST', body: 'again' })).toMatchObject({ status: 200 })
})
