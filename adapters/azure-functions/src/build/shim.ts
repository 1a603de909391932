import type { EmittedEntry, HttpDeployable, Plan } from '@isobar/compiler'
import { moduleStatements, type App } from './apps.ts'
import { literal } from './literal.ts'
import type { Settings } from './options.ts'
import { registrationOf, type Registration } from './registrations.ts'

/** The one file of an app, which registers everything with the library. */
export function shimOf(plan: Plan, app: App, settings: Settings): EmittedEntry {
  const registrations = app.events.map((deployable) => registrationOf(plan, deployable, settings))
  const streams = settings.frontDoor === 'streaming' && app.http.length > 0
  const outputs = registrations.flatMap(({ name, parked }) =>
    parked === undefined ? [] : [`  ${literal(name)}: ${parked},`],
  )
  // The runtime half does not import the library itself, so that its `native` can be imported on every target.
  const library = ['app', ...(outputs.length > 0 ? ['output'] : []), ...(streams ? ['HttpResponse'] : [])]
  const runtime = new Set([
    ...(app.http.length > 0 ? [settings.frontDoor] : []),
    ...registrations.map(({ handler }) => handler),
    'load',
  ])
  const source = [
    `import { ${library.join(', ')} } from '@azure/functions'`,
    `import { ${[...runtime].join(', ')} } from '@isobar/azure-functions'`,
    '',
    ...moduleStatements(app),
    '',
    ...(streams ? ['app.setup({ enableHttpStream: true })'] : []),
    ...(outputs.length > 0 ? ['const parked = {', ...outputs, '}'] : []),
    ...app.http.flatMap((deployable) => httpRegistration(plan, deployable, settings)),
    ...registrations.flatMap((registration) => eventRegistration(plan, registration)),
    '',
  ].join('\n')
  const functions = [...app.http.flatMap((one) => one.functions), ...app.events.map((one) => one.function)]
  return { functions: functions.map(({ name }) => name), file: `${app.folder}index.mjs`, source }
}

function httpRegistration(plan: Plan, { name, functionsLiteral }: HttpDeployable, { frontDoor }: Settings): string[] {
  return [
    `app.http(${JSON.stringify(name)}, {`,
    "  route: '{*path}',",
    "  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],",
    "  authLevel: 'anonymous',",
    `  handler: ${frontDoor}({`,
    `    target: ${JSON.stringify(plan.target)},`,
    `    functions: ${functionsLiteral},`,
    `  }${frontDoor === 'streaming' ? ', HttpResponse' : ''}),`,
    '})',
  ]
}

function eventRegistration(plan: Plan, registration: Registration): string[] {
  const { name, definition, method, handler, options, settings, parked } = registration
  const application = `{ target: ${literal(plan.target)}, name: ${literal(name)}, definition: ${definition} }`
  const place = parked === undefined ? undefined : `parked[${literal(name)}]`
  const facts = Object.entries(settings).map(([key, value]) => `${key}: ${value}`)
  return [
    `app.${method}(${literal(name)}, {`,
    ...Object.entries(options).map(([key, value]) => `  ${key}: ${literal(value)},`),
    ...(place === undefined ? [] : [`  extraOutputs: [${place}],`]),
    `  handler: ${handler}(${application}, { ${[...facts, ...(place === undefined ? [] : [`parked: ${place}`])].join(', ')} }),`,
    '})',
  ]
}
