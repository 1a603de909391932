import { expect, test } from 'vitest'
import { discover } from './discover.ts'
import { find, handler, imported } from '../testing/find-functions.ts'
import { createProject } from '../testing/project.ts'

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
    'lib/http.ts': 'export const http = (route: string, f: unknown) => [route, f]',
    'functions/c.ts': `import { http } from '../lib/http.ts'\nexport const c = http('/c', ${handler})`,
    'functions/d.ts': `export const api = { fetch: ${handler} }`,
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
    'functions/index.ts': "export * from './b.ts'\nexport * from '../lib/more.ts'",
    // A star takes no default: https://tc39.es/ecma262/#sec-getexportednames
    'lib/more.ts': `${imported}export const more = http('/more', ${handler})\nexport default http('/default', ${handler})`,
  })
  expect(diagnostics).toEqual([])
  expect(functions).toEqual([
    'read-order: * /o/:id functions/a.ts#readOrder:1',
    'other: * /other functions/a.ts#other:2',
    'b: * /b functions/b.ts#b:2',
    'more: * /more functions/index.ts#more:2',
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
