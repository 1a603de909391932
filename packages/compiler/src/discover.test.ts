import { expect, test } from 'vitest'
import { discover } from './discover.ts'
import { createProject, summarize } from './testing/project.ts'
import type { Diagnostic } from './types.ts'

interface Found {
  functions: string[]
  diagnostics: Diagnostic[]
}

/** Functions as `name: METHODS route source#exported:line`. */
async function find(files: Record<string, string>, functions: string | string[] = 'functions'): Promise<Found> {
  using project = createProject(files)
  const found = await discover({ root: project.root, functions, external: [], loadTimeoutMs: 5000 })
  return {
    functions: found.functions.map(
      ({ name, trigger, source, exported, line }) =>
        `${name}: ${trigger.methods?.join('|') ?? '*'} ${trigger.route} ${source}#${exported}:${line}`,
    ),
    diagnostics: found.diagnostics,
  }
}

const imported = "import { http } from 'isobar'\n"
const handler = '() => new Response()'

test('finds named and default exports and their aliases', async () => {
  const { functions, diagnostics } = await find({
    'functions/orders.ts': `${imported}
export const getOrder = http('GET /orders/:id', ${handler})
const hidden = http({ route: '/orders', method: ['post', 'PUT'] }, ${handler})
export { hidden as Orders_v2 }
export default http('/orders/*', ${handler})
`,
  })
  expect(diagnostics).toEqual([])
  expect(functions).toEqual([
    'get-order: GET /orders/:id functions/orders.ts#getOrder:3',
    'orders-v2: POST|PUT /orders functions/orders.ts#Orders_v2:5',
    'orders: * /orders/* functions/orders.ts#default:6',
  ])
})

test('knows http by an alias, by a namespace and from core', async () => {
  const { functions } = await find({
    'functions/a.ts': `import { http as route } from 'isobar'\nexport const a = route('/a', ${handler})`,
    'functions/b.ts': `import * as isobar from 'isobar'\nexport const b = isobar.http('/b', ${handler})`,
    'functions/c.mjs': `import { http } from '@isobar/core'\nexport const c = http('/c', ${handler})`,
  })
  expect(functions).toEqual(['a: * /a functions/a.ts#a:2', 'b: * /b functions/b.ts#b:2', 'c: * /c functions/c.mjs#c:2'])
})

test('takes what looks like http from elsewhere for what it is', async () => {
  const { functions, diagnostics } = await find({
    'functions/a.ts': `const http = (route: string, f: unknown) => ({ route, f })\nexport const a = http('/a', ${handler})`,
    'functions/b.ts': `${imported}export const b = http('/b', ${handler})`,
  })
  expect(functions).toEqual(['b: * /b functions/b.ts#b:2'])
  expect(diagnostics).toEqual([])
})

test('resolves constants, templates, arithmetic and TypeScript wrappers of the same file', async () => {
  using project = createProject({
    'functions/a.ts': `${imported}
const base = '/api'
const PATH = \`\${base}/v1\` as const
export const a = http('GET ' + PATH, ${handler})
export const b = http({ route: PATH satisfies string, method: 'POST', maxBodyBytes: 2 * 1024 ** 2, timeoutMs: Infinity, deploy: 'own', name: 'bee' }, ${handler})
`,
  })
  const { functions, diagnostics } = await discover({
    root: project.root,
    functions: 'functions',
    external: [],
    loadTimeoutMs: 1,
  })
  expect(diagnostics).toEqual([])
  expect(functions.map(({ name, trigger }) => ({ name, trigger }))).toEqual([
    { name: 'a', trigger: { route: '/api/v1', methods: ['GET'] } },
    {
      name: 'bee',
      trigger: { route: '/api/v1', methods: ['POST'], maxBodyBytes: 2_097_152, timeoutMs: Infinity, deploy: 'own' },
    },
  ])
})

test('takes a default export with a fetch function as every path, without loading it', async () => {
  const { functions, diagnostics } = await find({
    // None of these packages is installed: loading would fail.
    'functions/hono/index.ts':
      "import { Hono } from 'hono'\nconst app = new Hono()\napp.get('/', (c) => c.text('x'))\nexport default app",
  })
  expect(diagnostics).toEqual([])
  expect(functions).toEqual(['hono: * /* functions/hono/index.ts#default:4'])

  const chain = await find({
    'functions/h.ts': "import { Hono } from 'hono'\nexport default new Hono().basePath('/v1').get('/', f)",
  })
  expect(chain.functions).toEqual(['h: * /* functions/h.ts#default:2'])
  const object = await find({ 'functions/worker.ts': `export default { fetch: ${handler} } satisfies object` })
  expect(object.functions).toEqual(['worker: * /* functions/worker.ts#default:1'])
})

test('follows re-exports and counts a definition once', async () => {
  const { functions, diagnostics } = await find({
    'lib/orders.ts': `${imported}export const getOrder = http('/o/:id', ${handler})\nexport const other = http('/other', ${handler})`,
    'functions/a.ts': "export { getOrder as readOrder } from '../lib/orders.js'\nexport { other } from '../lib/orders'",
    'functions/b.ts': `${imported}export const b = http('/b', ${handler})`,
    'functions/index.ts': "export * from './b.ts'",
  })
  expect(diagnostics).toEqual([])
  expect(functions).toEqual([
    'read-order: * /o/:id functions/a.ts#readOrder:1',
    'other: * /other functions/a.ts#other:2',
    'b: * /b functions/b.ts#b:2',
  ])
})

test('skips tests, declarations and generated files, and files without functions', async () => {
  const text = `${imported}export const x = http('/x', ${handler})`
  const { functions, diagnostics } = await find({
    'functions/a.ts': text,
    'functions/a.test.ts': text,
    'functions/a.spec.ts': text,
    'functions/a.d.ts': 'export declare const x: string',
    'functions/a.gen.ts': text,
    'functions/.hidden/a.ts': text,
    'functions/helper.ts':
      'export const add = (a: number, b: number) => a + b\nexport class Store {}\nexport type T = string\nexport default function () {}',
  })
  expect(functions).toEqual(['x: * /x functions/a.ts#x:2'])
  expect(diagnostics).toEqual([])
})

test('takes globs and arrays', async () => {
  const { functions } = await find(
    {
      'api/one.fn.ts': `${imported}export const one = http('/1', ${handler})`,
      'api/two.ts': `${imported}export const two = http('/2', ${handler})`,
      'more/three.ts': `${imported}export const three = http('/3', ${handler})`,
    },
    ['api/*.fn.ts', 'more'],
  )
  expect(functions.map((text) => text.split(':')[0])).toEqual(['one', 'three'])
})

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
    'functions/b.ts': `${imported}await new Promise(() => {})\nexport const b = http(String('/b'), ${handler})`,
    'functions/c.ts': `${imported}process.exit(3)\nexport const c = http(String('/c'), ${handler})`,
  })
  const { diagnostics } = await discover({
    root: project.root,
    functions: 'functions',
    external: [],
    loadTimeoutMs: 1500,
  })
  expect(summarize(diagnostics)).toEqual([
    'error module-timeout functions/a.ts:1:1',
    'error module-timeout functions/b.ts:1:1',
    'error module-failed functions/c.ts:1:1',
  ])
  expect(diagnostics.map(({ text }) => text)).toEqual([
    'functions/a.ts did not finish loading within 1.5 s.',
    'functions/b.ts awaits something at its top level that never settles.',
    'functions/c.ts ended the process with code 3 while it loaded.',
  ])
})

test('tells two functions of one name, both places named', async () => {
  const { diagnostics } = await find({
    'functions/a.ts': `${imported}export const getOrder = http('/a', ${handler})`,
    'functions/b.ts': `${imported}\nexport const get_order = http('/b', ${handler})`,
  })
  expect(summarize(diagnostics)).toEqual(['error duplicate-function-name functions/b.ts:3:14'])
  expect(diagnostics[0]?.text).toBe("Two functions are named 'get-order': this one and the one at functions/a.ts:2.")
})

test('tells two routes of one shape unless their methods or deployables differ', async () => {
  const { diagnostics } = await find({
    'functions/a.ts': `${imported}
export const a = http('GET /orders/:id', ${handler})
export const b = http('POST /orders/:id', ${handler})
export const c = http({ route: '/orders/:id', deploy: 'own' }, ${handler})
export const d = http({ route: '/orders/:key', method: ['PUT', 'GET'] }, ${handler})
`,
  })
  expect(summarize(diagnostics)).toEqual(['error duplicate-route functions/a.ts:6:14'])
  expect(diagnostics[0]?.text).toBe(
    "'GET|PUT /orders/:key' of 'd' matches the same requests as 'GET /orders/:id' of 'a' at functions/a.ts:3.",
  )
})

test('tells routes that are not supported, with what is', async () => {
  const { diagnostics } = await find({
    'functions/a.ts': `${imported}
export const a = http('/orders/(\\\\d+)', ${handler})
export const b = http('/files{/:name}?', ${handler})
export const c = http('orders', ${handler})
export const d = http('GET/x', ${handler})
`,
  })
  expect(summarize(diagnostics)).toEqual([
    'error invalid-route functions/a.ts:3:14',
    'error invalid-route functions/a.ts:4:14',
    'error invalid-route functions/a.ts:5:14',
    'error invalid-route functions/a.ts:6:14',
  ])
  expect(diagnostics[0]?.notes).toEqual([
    "Supported are literals, ':name', ':name?', ':name+', ':name*' and '*', a segment each; no groups in () or {}.",
  ])
})

test('tells wrong options, all at once', async () => {
  const { diagnostics } = await find({
    'functions/a.ts': `${imported}
export const a = http({ rout: '/a' }, ${handler})
export const b = http({ route: '/b', maxBodyBytes: '1mb', timeoutMs: 0, deploy: 'alone' }, ${handler})
export const c = http('/c')
export const d = http(5, ${handler})
export const e = http({ method: 'GET' }, ${handler})
export const f = http({ route: '/f', name: 'My Function' }, ${handler})
`,
  })
  expect(diagnostics.map(({ id, text, location }) => `${location?.line}:${location?.column} ${id} ${text}`)).toEqual([
    "3:25 unknown-trigger-option http() has no option 'rout'. Did you mean 'route'?",
    "4:52 invalid-trigger The option 'maxBodyBytes' of http() is '1mb'; it must be a number of bytes, 0 or more.",
    "4:70 invalid-trigger The option 'timeoutMs' of http() is 0; it must be a number of milliseconds over 0.",
    "4:81 invalid-trigger The option 'deploy' of http() is 'alone'; it must be 'own' or 'shared'.",
    '5:18 missing-handler http() needs a trigger and a handler, got 1 of the two.',
    '6:23 invalid-trigger The trigger of http() is 5; it must be a route or an object with options.',
    "7:23 invalid-trigger The options of http() have no 'route'.",
    "8:14 invalid-function-name The function name 'My Function' is not kebab-case: lower-case letters, digits and single hyphens, a letter first.",
  ])
})

test('tells names that cannot be', async () => {
  const { diagnostics } = await find({
    'functions/a.ts': `${imported}
export const $ = http('/a', ${handler})
export const b = http({ route: '/b', name: 'http', deploy: 'own' }, ${handler})
`,
  })
  expect(diagnostics.map(({ id, text, location }) => `${location?.line} ${id} ${text}`)).toEqual([
    "3 invalid-function-name No function name can be made of the export '$'.",
    "4 invalid-function-name A function that is deployed on its own cannot be named 'http': that is the name of the deployable that all others share.",
  ])
})

test('warns of a function that is not exported', async () => {
  const { diagnostics } = await find({
    'functions/a.ts': `${imported}const a = http('/a', ${handler})\nexport const b = http('/b', ${handler})\nconst c = http('/c', ${handler})\nexport const all = [c]`,
  })
  expect(summarize(diagnostics)).toEqual(['warning not-exported functions/a.ts:2:7'])
})

test('tells syntax errors, an empty application and a missing folder', async () => {
  const syntax = await find({ 'functions/a.ts': 'export const a = (\n' })
  expect(summarize(syntax.diagnostics)).toEqual(['error syntax-error functions/a.ts:2:1'])
  const empty = await find({ 'functions/a.ts': 'export const a = 1' })
  expect(empty.diagnostics[0]).toMatchObject({
    id: 'no-functions',
    text: "None of the 1 files in 'functions' exports a function.",
  })
  const missing = await find({ 'x.ts': '' })
  expect(missing.diagnostics[0]).toMatchObject({
    id: 'functions-not-found',
    text: "The config's 'functions' names 'functions', and there is no such file or folder.",
  })
})
