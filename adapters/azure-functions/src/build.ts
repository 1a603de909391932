import type { Diagnostic, Emitted, Plan, PlannedHttp, Target } from '@isobar/compiler'
import { appsOf } from './build/apps.ts'
import { capabilitiesOf } from './build/capabilities.ts'
import { attemptDiagnostics } from './build/attempts.ts'
import { bicep } from './build/bicep/main.ts'
import { appPackage } from './build/files.ts'
import { hostJson } from './build/host-json.ts'
import { nameDiagnostics } from './build/names.ts'
import { known, settingsOf, type AzureFunctionsOptions, type Settings } from './build/options.ts'
import { sharedDiagnostics } from './build/shared-settings.ts'
import { shimOf } from './build/shim.ts'

export type { AzureFunctionsOptions } from './build/options.ts'

/** The target Azure Functions, programming model v4: one app that registers everything, and the files to deploy it. */
export function azureFunctions(options: AzureFunctionsOptions = {}): Target {
  // With a wrong one there is a record all the same: the compiler tells it, by the table of what is known.
  const settings = settingsOf(options)
  return {
    name: options.name ?? 'azure-functions',
    platform: 'azure-functions',
    frontDoor: settings.frontDoor,
    ...(settings.queues !== 'storage' && { eventSources: settings.queues }),
    capabilities: capabilitiesOf(settings),
    // https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
    // https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout
    limits: { requestBytes: 104_857_600, responseBytes: Infinity, timeoutMs: 230_000 },
    // The worker intercepts what the library requires; from within a bundle nothing would be intercepted.
    external: ['@azure/functions'],
    conditions: ['node'],
    runtime: { kind: 'node', version: '22' },
    options: { given: options, known },
    emit: (plan) => emit(plan, settings),
  }
}

function emit(plan: Plan, settings: Settings): Emitted {
  const apps = appsOf(plan)
  return {
    entries: apps.map((app) => shimOf(plan, app, settings)),
    files: apps.flatMap((app) => [
      { path: `${app.folder}host.json`, text: hostJson(plan, app, settings) },
      { path: `${app.folder}package.json`, text: appPackage(app.service) },
      { path: `${app.folder}main.bicep`, text: bicep(app, settings, plan.application) },
    ]),
    diagnostics: [
      ...plan.http
        .flatMap(({ functions }) => functions)
        .flatMap((planned) => (isReserved(planned.trigger.route) ? [reserved(planned, plan.target)] : [])),
      ...nameDiagnostics(plan, settings),
      ...sharedDiagnostics(plan, settings),
      ...attemptDiagnostics(plan, settings),
    ],
  }
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
