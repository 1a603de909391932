import type { Diagnostic, EventDeployable, Plan } from '@isobar/compiler'
import { event, schedule, storage, topic } from './async-sources.ts'
import { checksOf } from './checks.ts'
import type { EventPart, PlaceOptions } from './event-part.ts'
import type { LogicalIds } from './logical-ids.ts'
import { queue } from './queue.ts'
import { changes, stream } from './stream-sources.ts'

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
  const placed = plan.events.map((deployable, index): PlacedEvent => {
    const { function: planned, service, name } = deployable
    const checks = checksOf(planned, plan.target)
    const others = plan.events.slice(0, index).map((other) => other.function)
    const part = partOf({ service, ids, shared, checks, others }, planned)
    diagnostics.push(...checks.diagnostics)
    return { id: ids.of(name), deployable, part }
  })
  return { placed, diagnostics }
}

function partOf(common: Omit<PlaceOptions<never>, 'planned'>, planned: EventDeployable['function']): EventPart {
  switch (planned.kind) {
    case 'queue':
      return queue({ ...common, planned })
    case 'topic':
      return topic({ ...common, planned })
    case 'schedule':
      return schedule({ ...common, planned })
    case 'storage':
      return storage({ ...common, planned })
    case 'stream':
      return stream({ ...common, planned })
    case 'changes':
      return changes({ ...common, planned })
    case 'event':
      return event({ ...common, planned })
  }
}
