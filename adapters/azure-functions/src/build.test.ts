import { capabilityKeys } from '@isobar/core'
import type { Plan } from '@isobar/compiler'
import { samplePlan } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { azureFunctions } from './build.ts'

const plan = samplePlan('azure-functions')

/** The same, but for the route of its first function. */
function planWith(route: string): Plan {
  const [first] = plan.http
  const functions = first?.functions.map((planned) => ({ ...planned, trigger: { route } })) ?? []
  return { ...plan, http: first ? [{ ...first, functions }] : [] }
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

      const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))

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
    const [diagnostic] = azureFunctions().emit(planWith(route)).diagnostics
    expect(diagnostic).toMatchObject({
      id: 'azure-reserved-route',
      severity: 'error',
      function: 'get-order',
      location: { file: 'functions/orders.ts', line: 3 },
    })
  },
)

test('/administration is a route like any other', () => {
  expect(azureFunctions().emit(planWith('/administration')).diagnostics).toEqual([])
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

test('a front door that there is not makes a target all the same, since the compiler tells it', () => {
  const target: ReturnType<typeof azureFunctions> = Reflect.apply(azureFunctions, undefined, [{ frontDoor: 'fast' }])
  expect(target.frontDoor).toBe('streaming')
  expect(target.options).toMatchObject({
    given: { frontDoor: 'fast' },
    known: { frontDoor: { oneOf: ['streaming', 'buffered'] } },
  })
})
