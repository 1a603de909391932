import { samplePlan } from '@isobar/compiler/testing'
import type { PlannedEvent } from '@isobar/compiler'
import type { EventsContext } from '../build.ts'

/** What the parts of the deployment files are made from, for some functions. */
export function context(events: readonly PlannedEvent[], more: Partial<EventsContext> = {}): EventsContext {
  return {
    application: 'shop',
    target: 'somewhere',
    events: samplePlan('somewhere', events).events,
    destination: (name) => ({ endpoint: `https://a/${name}`, audience: 'https://a', service: 'a', path: name }),
    timeoutSeconds: 300,
    unwrapped: false,
    ...more,
  }
}

/** A member of nested objects, by its path. */
export function block(resource: object, path: string): unknown {
  return path.split('/').reduce<unknown>((node, key) => Object(node)[key], resource)
}
