import { rejecter, runAsynchronous, type RejectingApplication } from './async-call.ts'
import { member, UnexpectedEventError } from './event.ts'
import { bindEvents } from './invocation.ts'
import type { LambdaContext } from './lambda-context.ts'
import type { EventBridgeEvent } from './native-events.ts'

/**
 * The handler of a function that a rule of EventBridge calls. The event keeps its own id, source and time; its detail type
 * is the type, its detail the data.
 *
 * @throws TypeError when the definition is none of `event()`.
 */
export function eventBridge(input: RejectingApplication): (event: unknown, context: LambdaContext) => Promise<void> {
  const fn = bindEvents(input, 'event')
  const rejectTo = rejecter(input)
  return async (event, context) => {
    if (!isEvent(event)) {
      throw new UnexpectedEventError('a rule of EventBridge (id, source, detail-type, time and detail)', event)
    }
    const native = { source: 'eventbridge', event, context } as const
    const { id, source, time, detail, 'detail-type': type } = event
    await runAsynchronous(fn, native, {
      messages: [
        {
          id,
          source,
          type,
          time,
          contentType: 'application/json',
          payload: { text: JSON.stringify(detail) },
          delivery: {},
        },
      ],
      reject: rejectTo(native, () => ({ body: JSON.stringify(event), source, id })),
    })
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
function isEvent(event: unknown): event is EventBridgeEvent {
  const texts = ['id', 'source', 'detail-type', 'time'].map((name) => member(event, name))
  return texts.every((text) => typeof text === 'string' && text !== '') && member(event, 'detail') !== undefined
}
