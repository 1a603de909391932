import { randomUUID } from 'node:crypto'

import { createClock } from '../../events/clock.ts'
import { createRecords } from '../../events/records.ts'
import type { EventInput, EventSide, SourceName } from '../../events/types.ts'
import { eventFunctions, type EventFunction } from './event-function.ts'
import { deadPlaces, lyingIn } from './dead-places.ts'
import { assertDeployed } from './deployed.ts'
import { createInvoker } from './invoker.ts'
import { createOutputWriter } from './output-writer.ts'
import { startPlaces } from './places.ts'
import type { EventApp, EventTarget } from './target.ts'
import { subscribe, type Subscription } from './subscription.ts'

/** Messages that are sent before what they cause is awaited: Azurite gets slow with many in it. */
const chunkSize = 128

/** The events of a target, once its apps run. */
export interface AzureEvents extends EventSide {
  stop(): Promise<void>
}

/** @throws Error when the manifest names an event function that no app has registered, or one that this host does not know. */
export async function startEvents(target: EventTarget): Promise<AzureEvents> {
  const clock = createClock()
  const records = createRecords(clock)
  let broken = false
  let sent = 0
  const places = await startPlaces(target, clock)
  const outputs = createOutputWriter(places, () => broken)
  const subscriptions = new Map<string, Listening[]>()
  try {
    for (const { source, physical, fn, app } of sourcesOf(target)) {
      const { functionTimeoutMs } = app.settings
      assertDeployed(fn, app.settings, places.resources)
      const invoker = createInvoker({ pool: app.pool, clock, outputs, functionTimeoutMs, onLog: target.onLog })
      const subscription = subscribe({ source, physical, fn, app, invoker, places, clock, records })
      subscriptions.set(source, [...(subscriptions.get(source) ?? []), { fn, subscription }])
    }
  } catch (error) {
    await places.stop()
    throw error
  }

  const listening = (source: string): Listening[] => {
    const found = subscriptions.get(source)
    if (found !== undefined) return found
    const known = [...subscriptions.keys()].join(', ')
    throw new Error(`No function of this target listens to ${source}; known are: ${known === '' ? 'none' : known}.`)
  }
  /** Several functions that get one event have a record each. */
  const recordId = (id: string, index: number, count: number): string => (count === 1 ? id : `${id}/${index + 1}`)

  return {
    async deliver(source, inputs) {
      const all = listening(source)
      const ids: string[] = []
      for (let start = 0; start < inputs.length; start += chunkSize) {
        const chunk = inputs.slice(start, start + chunkSize).map((input: EventInput) => {
          sent += 1
          return { input, id: `${source}/${sent}`, eventId: randomUUID() }
        })
        await Promise.all(
          all.map(({ subscription }, index) =>
            subscription.send(chunk.map((event) => ({ ...event, id: recordId(event.id, index, all.length) }))),
          ),
        )
        ids.push(...chunk.map(({ id }) => id))
        await clock.settle()
      }
      await clock.settle()
      return ids
    },
    advance: (time) => clock.advance(time),
    deliveries: () => records.all(),
    async deadLetters(source) {
      const all = listening(source)
      const own = all.flatMap(({ subscription }) => subscription.dead)
      return [
        ...own,
        ...(await lyingIn(
          places,
          all.map(({ fn }) => deadPlaces(fn)),
        )),
      ]
    },
    async kill() {
      await Promise.all(target.apps.map(({ pool }) => pool.current.kill()))
    },
    breakEffects(value) {
      broken = value
    },
    stop: () => places.stop(),
  }
}

interface Listening {
  fn: EventFunction
  subscription: Subscription
}

interface Source {
  source: SourceName
  physical: string
  fn: EventFunction
  app: EventApp
}

function sourcesOf({ manifest, apps }: EventTarget): Source[] {
  return manifest.functions.flatMap((one) => {
    if (one.kind === 'http') return []
    const app = apps.find(({ functions }) => functions.includes(one.name))
    const fn = app && eventFunctions(app.pool.current.registered).find(({ name }) => name === one.name)
    if (app === undefined || fn === undefined) {
      throw new Error(
        `The manifest names the ${one.kind} function ${one.name}, but the app registers no function of that name with a trigger for it.`,
      )
    }
    const name = one.kind === 'schedule' ? one.name : one.resource.logical
    return [{ source: `${one.kind}:${name}` as const, physical: one.resource.physical, fn, app }]
  })
}
