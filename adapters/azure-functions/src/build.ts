import type {
  PlannedHttp,
  HttpDeployable,
  Diagnostic,
  Emitted,
  EmittedEntry,
  OptionRule,
  Plan,
  Target,
} from '@isobar/compiler'
import { capabilities, type FrontDoor } from './build/capabilities.ts'
import { appPackage, bicep, hostJson } from './build/files.ts'

export interface AzureFunctionsOptions {
  /** The target's name: its folder, and the value of `--target`. @default 'azure-functions' */
  name?: string
  /** `streaming` needs host 4.28 or newer; `buffered` hands answers over in one message. @default 'streaming' */
  frontDoor?: FrontDoor
}

const frontDoors: readonly FrontDoor[] = ['streaming', 'buffered']

const known: Record<keyof AzureFunctionsOptions, OptionRule> = {
  name: { type: 'string' },
  frontDoor: { type: 'string', oneOf: frontDoors },
}

/** The target Azure Functions, programming model v4: one app that registers everything, and the files to deploy it. */
export function azureFunctions(options: AzureFunctionsOptions = {}): Target {
  // With a wrong one there is a record all the same: the compiler tells it, by the table above.
  const frontDoor = frontDoors.find((one) => one === options.frontDoor) ?? 'streaming'
  return {
    name: options.name ?? 'azure-functions',
    platform: 'azure-functions',
    frontDoor,
    capabilities: capabilities[frontDoor],
    // https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
    // https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
    limits: { requestBytes: 104_857_600, responseBytes: Infinity, timeoutMs: 230_000 },
    // The worker intercepts what the library requires; from within a bundle nothing would be intercepted.
    external: ['@azure/functions'],
    conditions: ['node'],
    runtime: { kind: 'node', version: '22' },
    options: { given: options, known },
    emit: (plan) => emit(plan, frontDoor),
  }
}

function emit(plan: Plan, frontDoor: FrontDoor): Emitted {
  return {
    entries: plan.http.map((deployable) => entry(plan, deployable, frontDoor)),
    files: plan.http.flatMap((deployable) => {
      const { folder, service } = deployable
      return [
        { path: `${folder}host.json`, text: hostJson() },
        { path: `${folder}package.json`, text: appPackage(service) },
        { path: `${folder}main.bicep`, text: bicep(service) },
      ]
    }),
    diagnostics: plan.http
      .flatMap(({ functions }) => functions)
      .flatMap((planned) => (isReserved(planned.trigger.route) ? [reserved(planned, plan.target)] : [])),
  }
}

function entry(plan: Plan, deployable: HttpDeployable, frontDoor: FrontDoor): EmittedEntry {
  // The runtime half does not import the library itself, so that its `native` can be imported on every target.
  const [library, also] = frontDoor === 'streaming' ? ['app, HttpResponse', ', HttpResponse'] : ['app', '']
  const source = [
    `import { ${library} } from '@azure/functions'`,
    `import { ${frontDoor}, load } from '@isobar/azure-functions'`,
    '',
    ...deployable.modules.map(({ statement }) => statement),
    '',
    ...(frontDoor === 'streaming' ? ['app.setup({ enableHttpStream: true })'] : []),
    `app.http(${JSON.stringify(deployable.name)}, {`,
    "  route: '{*path}',",
    "  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],",
    "  authLevel: 'anonymous',",
    `  handler: ${frontDoor}({`,
    `    target: ${JSON.stringify(plan.target)},`,
    `    functions: ${deployable.functionsLiteral},`,
    `  }${also}),`,
    '})',
    '',
  ].join('\n')
  return { functions: deployable.functions.map(({ name }) => name), file: `${deployable.folder}index.mjs`, source }
}

function isReserved(route: string): boolean {
  return /^\/admin(?:\/|$)/i.test(route)
}

function reserved(planned: PlannedHttp, target: string): Diagnostic {
  return {
    id: 'azure-reserved-route',
    severity: 'error',
    text: `The route '${planned.trigger.route}' of '${planned.name}' is under /admin, which the Azure Functions host keeps for itself.`,
    notes: [
      'Use another path, or leave this function out of the target.',
      'https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#customize-the-http-endpoint',
    ],
    location: { file: planned.source, line: planned.line, column: 1 },
    target,
    function: planned.name,
  }
}
