import type { Diagnostic, PlannedEvent } from '@isobar/compiler'
import { samplePlan } from '@isobar/compiler/testing'
import { azureFunctions, type AzureFunctionsOptions } from '../build.ts'

/** What the target makes of an application that has these events and no http function. */
export function emitEvents(
  events: readonly PlannedEvent[],
  options: AzureFunctionsOptions = {},
): { text(path: string): string; diagnostics: Diagnostic[] } {
  const plan = samplePlan('azure-functions', events)
  const { entries, files, diagnostics } = azureFunctions(options).emit({ ...plan, functions: [...events], http: [] })
  const all = new Map([
    ...entries.map(({ file, source }) => [file, source] as const),
    ...files.map(({ path, text }) => [path, text] as const),
  ])
  return { text: (path) => all.get(path) ?? `no ${path}`, diagnostics }
}
