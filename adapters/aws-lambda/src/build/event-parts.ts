import type { Diagnostic, EventDeployable, Plan } from '@isobar/compiler'
import { checksOf } from './checks.ts'
import type { EventPart, PlaceOptions } from './event-part.ts'
import type { LogicalIds } from './logical-ids.ts'
import { queue } from './queue.ts'

export interface PlacedEvent {
  id: string
  deployable: EventDeployable
  part: EventPart
}

/** Places the event functions of a plan, each with its source. */
export function placeEvents(plan: Plan, ids: LogicalIds): { placed: PlacedEvent[]; diagnostics: Diagnostic[] } {
  const known = new Map<string, string>()
  const shared: PlaceOptions<never>['shared'] = (physical, suffix) => {
    const key = `${suffix} ${physical}`
    const id = known.get(key) ?? ids.of(physical, suffix)
    known.set(key, id)
    return id
  }
  const diagnostics: Diagnostic[] = []
  const placed = plan.events.flatMap((deployable): PlacedEvent[] => {
    const { function: planned, service, name } = deployable
    const id = ids.of(name)
    const checks = checksOf(planned, plan.target)
    const part = partOf({ service, ids, shared, checks }, planned)
    diagnostics.push(...checks.diagnostics)
    return part ? [{ id, deployable, part }] : []
  })
  return { placed, diagnostics }
}

function partOf(
  common: Omit<PlaceOptions<never>, 'planned'>,
  planned: EventDeployable['function'],
): EventPart | undefined {
  switch (planned.kind) {
    case 'queue':
      return queue({ ...common, planned })
    default:
      return undefined
  }
}
