import type { Event, EventDefinition } from '@isobar/core'
import type { LambdaContext, RejectingApplication } from '../index.ts'
import { eventApplication, invoke, noting, obey, type SeenEvent } from './events.ts'
import { captureLog } from './lambda.ts'
import { fakeSqs, type FakeSqs } from './sqs.ts'

export type Define = (handler: ReturnType<typeof noting>['handler']) => EventDefinition

export type Make = (input: RejectingApplication) => (event: unknown, context: LambdaContext) => Promise<unknown>

export interface Ran {
  /** `returned`, or the error that was thrown. */
  end: unknown
  seen: SeenEvent[]
  log: string
  fake: FakeSqs
}

/** Invokes a function with an event, and tells how it ended. @param act what its handler does. Default: what its data says. */
export async function runEvent(
  make: Make,
  define: Define,
  came: unknown,
  act: (event: Event) => unknown = ({ data }) => obey(data),
  fake: FakeSqs = fakeSqs(),
): Promise<Ran> {
  using log = captureLog()
  const { seen, handler } = noting(act)
  const shim = make({ ...eventApplication(define(handler)), sqs: fake.load })
  const end = await invoke(shim, came).then(
    () => 'returned',
    (error: unknown) => error,
  )
  return { end, seen, log: log.text(), fake }
}
