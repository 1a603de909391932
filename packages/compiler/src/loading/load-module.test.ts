import { expect, test } from 'vitest'
import { discover } from '../discovery/discover.ts'
import { find, handler, imported } from '../testing/find-functions.ts'
import { createProject, summarize } from '../testing/project.ts'

test('loads a module whose trigger is computed', async () => {
  const { functions, diagnostics } = await find({
    'lib/paths.ts': "export const paths = { order: '/orders/:id' }",
    'functions/a.ts': `${imported}import { paths } from '../lib/paths.ts'
export const a = http('GET ' + paths.order, ${handler})
export const b = http('/b', ${handler})
`,
    'functions/c.ts': `${imported}import { DurableObject, env } from 'cloudflare:workers'
import logo from './logo.png'
import addon from './addon.node'
export class Counter extends DurableObject {}
if (process.env.ISOBAR_BUILD !== '1') throw new Error('not told that this is a build')
const wrap = (route: string) => http({ route, maxBodyBytes: 5 }, ${handler})
export const c = wrap('/c')
`,
    'functions/logo.png': 'PNG',
    'functions/addon.node': 'ELF',
  })
  expect(diagnostics).toEqual([])
  expect(functions).toEqual([
    'a: GET /orders/:id functions/a.ts#a:3',
    'b: * /b functions/a.ts#b:4',
    'c: * /c functions/c.ts#c:8',
  ])
})

test('names the module, the error, the line and the missing variable when loading throws', async () => {
  const { functions, diagnostics } = await find({
    'functions/a.ts': `${imported}
const prefix = process.env.ISOBAR_TEST_PREFIX!.toLowerCase()
export const a = http(prefix + '/a', ${handler})
`,
  })
  expect(functions).toEqual([])
  expect(diagnostics).toMatchObject([
    {
      id: 'module-failed',
      severity: 'error',
      text: "functions/a.ts throws while it loads: TypeError: Cannot read properties of undefined (reading 'toLowerCase').",
      notes: [
        'While it loaded it read environment variables that are not set: ISOBAR_TEST_PREFIX.',
        'It was loaded because its source does not tell the trigger of a function: write the trigger as a literal and it is not loaded.',
      ],
      location: {
        file: 'functions/a.ts',
        line: 3,
        lineText: 'const prefix = process.env.ISOBAR_TEST_PREFIX!.toLowerCase()',
      },
    },
  ])
})

test('only warns when a module that need not have a function fails to load', async () => {
  const { functions, diagnostics } = await find({
    'functions/a.ts': `${imported}export const a = http('/a', ${handler})`,
    'functions/db.ts': "const connect = () => { throw new Error('no database') }\nexport const db = connect()",
  })
  expect(functions).toEqual(['a: * /a functions/a.ts#a:2'])
  expect(summarize(diagnostics)).toEqual(['warning module-failed functions/db.ts:1:31'])
})

test('stops a module that hangs', async () => {
  using project = createProject({
    'functions/a.ts': `${imported}for (;;) {}\nexport const a = http(String('/a'), ${handler})`,
  })
  const options = { root: project.root, functions: 'functions', external: [], loadTimeoutMs: 500 }
  const { diagnostics } = await discover(options)
  expect(summarize(diagnostics)).toEqual(['error module-timeout functions/a.ts:1:1'])
  expect(diagnostics[0]?.text).toBe('functions/a.ts did not finish loading within 0.5 s.')
})

test('tells a module that ends or never continues, without waiting for the limit', async () => {
  using project = createProject({
    'functions/b.ts': `${imported}await new Promise(() => {})\nexport const b = http(String('/b'), ${handler})`,
    'functions/c.ts': `${imported}process.exit(3)\nexport const c = http(String('/c'), ${handler})`,
  })
  const options = { root: project.root, functions: 'functions', external: [], loadTimeoutMs: 50_000 }
  const { diagnostics } = await discover(options)
  expect(summarize(diagnostics)).toEqual([
    'error module-timeout functions/b.ts:1:1',
    'error module-failed functions/c.ts:1:1',
  ])
  expect(diagnostics.map(({ text }) => text)).toEqual([
    'functions/b.ts awaits something at its top level that never settles.',
    'functions/c.ts ended the process with code 3 while it loaded.',
  ])
})

test('loads what is destructured, and CommonJS that names Isobar', async () => {
  const { functions, diagnostics } = await find({
    'functions/a.ts': `${imported}
const make = () => ({ a: http('/a', ${handler}), rest: [http('/b', ${handler})] })
export const { a, rest: [b, missing] } = make()
`,
    'functions/c.cjs': `const { http } = require('isobar')\nexports.c = http('/c', ${handler})`,
    'functions/d.cjs': "throw new Error('is never loaded')\nexports.d = 1",
  })
  expect(diagnostics).toEqual([])
  expect(functions).toEqual(['a: * /a functions/a.ts#a:4', 'b: * /b functions/a.ts#b:4', 'c: * /c functions/c.cjs#c:1'])
})

test('finds external packages where the project has them', async () => {
  using project = createProject({
    'node_modules/@acme/paths/package.json': JSON.stringify({ name: '@acme/paths', exports: './index.cjs' }),
    'node_modules/@acme/paths/index.cjs': "exports.path = '/' + require('node:path').basename(__filename, '.cjs')",
    'functions/a.ts': `${imported}import { path } from '@acme/paths'\nexport const a = http(path, ${handler})`,
  })
  const found = await discover({
    root: project.root,
    functions: 'functions',
    external: ['@acme/paths'],
    loadTimeoutMs: 50_000,
  })
  expect(found.diagnostics).toEqual([])

  project.write({
    'functions/a.ts': `${imported}import { absent } from '@acme/paths'\nexport const a = http(absent, ${handler})`,
  })
  const wrong = await discover({
    root: project.root,
    functions: 'functions',
    external: ['@acme/paths'],
    loadTimeoutMs: 50_000,
  })
  expect(wrong.diagnostics[0]?.text).toMatch(/^functions\/a\.ts cannot be loaded: SyntaxError: .*'absent'/)
  // Bundled, the file would go by another name.
  expect(found.functions.map((one) => one.kind === 'http' && one.trigger.route)).toEqual(['/index'])
})
