import { expect, test } from 'vitest'
import { find, handler, imported } from '../testing/find-functions.ts'
import { summarize } from '../testing/project.ts'

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
    "6:23 invalid-trigger The trigger of http() is 5; it must be a route such as '/orders/:id' or an object with options.",
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
    "4 invalid-function-name A function that is deployed on its own cannot be named 'http': that is the name of the deployable that all http functions share.",
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
