import { capabilityKeys } from '@isobar/core'
import type { Plan, PlannedFunction } from '@isobar/compiler'
import { describe, expect, test } from 'vitest'
import { azureFunctions } from './build.ts'

const orders: PlannedFunction = {
  name: 'get-order',
  kind: 'http',
  trigger: { route: '/orders/:id', methods: ['GET'] },
  source: 'functions/orders.ts',
  exported: 'getOrder',
  line: 3,
}
const report: PlannedFunction = { ...orders, name: 'report', trigger: { route: '/report' } }

const plan: Plan = {
  application: 'shop',
  target: 'azure-functions',
  isobar: '0.0.0',
  functions: [orders, report],
  deployables: [
    {
      name: 'http',
      functions: [orders],
      modules: [
        { variable: 'orders', statement: "const orders = await load('functions/orders.ts', () => import('x'))" },
      ],
      functionsLiteral: "{ 'get-order': orders.getOrder }",
    },
    { name: 'report', functions: [report], modules: [], functionsLiteral: '{}' },
  ],
}

function text(path: string, target = azureFunctions()): string {
  return target.emit(plan).files.find((file) => file.path === path)?.text ?? `no ${path}`
}

describe('the shim', () => {
  test('registers one catch-all for every method, with streams', () => {
    const [entry] = azureFunctions().emit(plan).entries
    expect(entry).toMatchObject({ file: 'index.mjs', functions: ['get-order'] })
    expect(entry?.source).toMatchInlineSnapshot(`
      "import { app, HttpResponse } from '@azure/functions'
      import { streaming, load } from '@isobar/azure-functions'

      const orders = await load('functions/orders.ts', () => import('x'))

      app.setup({ enableHttpStream: true })
      app.http("http", {
        route: '{*path}',
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        authLevel: 'anonymous',
        handler: streaming({
          target: "azure-functions",
          functions: { 'get-order': orders.getOrder },
        }, HttpResponse),
      })
      "
    `)
  })

  test('asks for no streams at the buffered front door', () => {
    const [entry] = azureFunctions({ frontDoor: 'buffered' }).emit(plan).entries
    expect(entry?.source).toContain('handler: buffered({')
    expect(entry?.source).toContain("import { app } from '@azure/functions'")
    expect(entry?.source).not.toContain('app.setup')
  })

  test('of a function that is deployed apart stands in an app of its own', () => {
    expect(azureFunctions().emit(plan).entries[1]).toMatchObject({ file: 'report/index.mjs', functions: ['report'] })
    expect(JSON.parse(text('report/package.json'))).toMatchObject({ name: 'shop-report' })
  })
})

describe('the files', () => {
  test('host.json takes the prefix api/ away', () => {
    expect(JSON.parse(text('host.json'))).toMatchObject({ version: '2.0', extensions: { http: { routePrefix: '' } } })
  })

  test('package.json names the entry and the library, which is not bundled', () => {
    expect(JSON.parse(text('package.json'))).toMatchObject({
      type: 'module',
      main: 'index.mjs',
      dependencies: { '@azure/functions': expect.stringMatching(/^\^4\./) },
    })
    expect(azureFunctions().external).toContain('@azure/functions')
  })

  test('main.bicep turns the host’s home page off, or / would be its own', () => {
    expect(text('main.bicep')).toContain("{ name: 'AzureWebJobsDisableHomepage', value: 'true' }")
    expect(text('main.bicep')).toContain("param name string = 'shop'")
  })
})

test.each(['/admin', '/admin/users', '/ADMIN/*'])(
  'the route %s is an error: the host keeps /admin for itself',
  (route) => {
    const reserved = { ...orders, trigger: { route } }
    const [diagnostic] = azureFunctions().emit({ ...plan, functions: [reserved] }).diagnostics
    expect(diagnostic).toMatchObject({
      id: 'azure-reserved-route',
      severity: 'error',
      function: 'get-order',
      location: { file: 'functions/orders.ts', line: 3 },
    })
  },
)

test('/administration is a route like any other', () => {
  const free = { ...orders, trigger: { route: '/administration' } }
  expect(azureFunctions().emit({ ...plan, functions: [free] }).diagnostics).toEqual([])
})

test.each(['streaming', 'buffered'] as const)(
  '%s answers for every capability, with a source for each absence',
  (frontDoor) => {
    const { capabilities } = azureFunctions({ frontDoor })
    expect(Object.keys(capabilities).toSorted()).toEqual([...capabilityKeys].toSorted())
    const absences = Object.values(capabilities).filter((answer) => answer !== true)
    expect(absences.filter(({ source }) => !source.startsWith('https://'))).toEqual([])
  },
)
