import type { CapabilityKey } from '@isobar/core'
import type { DiagnosticId } from '../diagnostics/ids.ts'
import type { Location } from '../diagnostics/source-text.ts'
import type { Diagnostic, PlannedHttp, Target } from '../types.ts'

/** What one function needs of a target, and what to say where that is missing. */
export interface Requirement {
  id: DiagnosticId
  severity: Diagnostic['severity']
  location: Location
  function?: string
  capability?: CapabilityKey
  isMet(target: Target): boolean
  text(target: Target): string
  notes(target: Target): string[]
}

/** Tests every requirement against every chosen target. `offered` are all targets of the config: what else would do. */
export function checkRequirements(
  requirements: readonly Requirement[],
  targets: readonly Target[],
  offered: readonly Target[],
): Diagnostic[] {
  return targets.flatMap((target) =>
    requirements
      .filter((requirement) => !requirement.isMet(target))
      .map((requirement): Diagnostic => {
        const offeredBy = offered.filter((other) => requirement.isMet(other)).map(({ name }) => name)
        return {
          id: requirement.id,
          severity: requirement.severity,
          text: requirement.text(target),
          notes: requirement.notes(target),
          location: requirement.location,
          target: target.name,
          ...(requirement.function !== undefined && { function: requirement.function }),
          ...(requirement.capability !== undefined && { capability: { key: requirement.capability, offeredBy } }),
          ...(requirement.capability === undefined &&
            offeredBy.length > 0 && {
              notes: [...requirement.notes(target), `These targets would do: ${offeredBy.join(', ')}.`],
            }),
        }
      }),
  )
}

/** What an http function's options need. */
export function httpRequirements(planned: PlannedHttp, location: Location): Requirement[] {
  const { maxBodyBytes, timeoutMs } = planned.trigger
  // They are limits: the function works below a lower one, only other than it says.
  const common = { severity: 'warning', location, function: planned.name } as const
  const requirements: Requirement[] = []
  // Infinity says that the function wants no limit of its own.
  if (maxBodyBytes !== undefined && Number.isFinite(maxBodyBytes)) {
    requirements.push({
      ...common,
      id: 'body-limit',
      isMet: ({ limits }) => maxBodyBytes <= limits.requestBytes,
      text: ({ limits }) =>
        `'${planned.name}' takes bodies of up to ${maxBodyBytes} bytes, but the target lets at most ${limits.requestBytes} through.`,
      notes: ({ limits }) => [`Set maxBodyBytes to ${limits.requestBytes} or less, or have clients upload to storage.`],
    })
  }
  if (timeoutMs !== undefined && Number.isFinite(timeoutMs)) {
    requirements.push({
      ...common,
      id: 'time-limit',
      isMet: ({ limits }) => timeoutMs <= limits.timeoutMs,
      text: ({ limits }) =>
        `'${planned.name}' may take ${timeoutMs} ms, but the target ends a request after ${limits.timeoutMs} ms.`,
      notes: ({ limits }) => [
        `Set timeoutMs to ${limits.timeoutMs} or less, or do the rest of the work after the answer.`,
      ],
    })
  }
  return requirements
}
