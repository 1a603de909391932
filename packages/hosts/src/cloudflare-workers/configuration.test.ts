import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { readConfiguration, readModules } from './configuration.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'isobar-wrangler-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function read(text: string): ReturnType<typeof readConfiguration> {
  await writeFile(join(directory, 'wrangler.jsonc'), text)
  return readConfiguration(directory)
}

test('comments and trailing commas are allowed', async () => {
  const text = `{ // a comment
    "name": "shop", "main": "worker.mjs", /* another */ "compatibility_date": "2026-07-01",
    "compatibility_flags": ["nodejs_compat",], "vars": { "A": "1", "B": { "c": [2] } },
  }`
  expect(await read(text)).toEqual({
    name: 'shop',
    main: 'worker.mjs',
    compatibilityDate: '2026-07-01',
    compatibilityFlags: ['nodejs_compat'],
    vars: { A: '1', B: { c: [2] } },
    events: { consumers: [], producers: [], crons: [] },
  })
})

test('all but main may be missing', async () => {
  expect(await read('{ "main": "a.mjs" }')).toEqual({
    name: 'worker',
    main: 'a.mjs',
    compatibilityFlags: [],
    vars: {},
    events: { consumers: [], producers: [], crons: [] },
  })
  await expect(read('{}')).rejects.toThrow('has no "main": it must name the worker\'s module')
})

test('a mistake is told with its line', async () => {
  await expect(read('{\n  "main" "a.mjs"\n}')).rejects.toThrow(
    /wrangler\.jsonc:2 is not JSON with comments: ColonExpected/,
  )
})

test('a folder without configuration is told', async () => {
  await expect(readConfiguration(join(directory, 'none'))).rejects.toThrow('needs a wrangler.jsonc')
})

test('the entry is the first module and the only script, and what is no module is left out', async () => {
  await writeFile(join(directory, 'worker.mjs'), 'export default {}')
  await writeFile(join(directory, 'page.html'), '<p>')
  await writeFile(join(directory, 'data.bin'), Uint8Array.of(0, 255))
  const files = ['page.html', 'worker.mjs.map', 'worker.mjs', 'data.bin', 'shim/worker.mjs', 'apart/worker.js']
  const modules = await readModules(directory, 'worker.mjs', files)
  expect(modules).toEqual([
    { type: 'ESModule', path: join(directory, 'worker.mjs'), contents: 'export default {}' },
    { type: 'Text', path: join(directory, 'page.html'), contents: '<p>' },
    { type: 'Data', path: join(directory, 'data.bin'), contents: Uint8Array.of(0, 255) },
  ])
})
