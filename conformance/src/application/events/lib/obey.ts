import { Reject, Retry, type Event, type EventContext } from '@isobar/core'
import { toHex } from '../../shared/bytes.ts'
import { instance } from '../../shared/instance.ts'

/** What the suite answers when a handler asks what to do. */
interface Instruction {
  do: string
  message?: string
  reason?: string
  seconds?: number
  milliseconds?: number
}

/** The handler of every function here: tells the suite what it was called with, and does what the suite says. */
export async function obey(event: Event, context: EventContext): Promise<void> {
  const ticket = crypto.randomUUID()
  const told = await tell(context, 'begin', { ticket, ...describe(event, context) })
  switch (told.do) {
    case 'throw':
      throw new Error(told.message ?? 'told to throw')
    case 'throw-text':
      // oxlint-disable-next-line no-throw-literal -- that is what the case is about
      throw 'told to throw a text'
    case 'reject':
      throw Reject(told.reason ?? 'told to reject')
    case 'retry-after':
      throw Retry.after(told.seconds ?? 0)
    case 'hang':
      await new Promise(() => {})
      break
    case 'work':
      context.waitUntil(sleep(told.milliseconds ?? 0).then(() => tell(context, 'worked', { ticket })))
      break
    case 'failing-work':
      context.waitUntil(Promise.reject(new Error('the work fails')))
      break
    case 'log':
      context.log.info(told.message ?? 'told to log', { event: event.id })
      break
  }
  await tell(context, 'end', { ticket })
}

async function tell(context: EventContext, what: string, body: object): Promise<Instruction> {
  const url = `${context.env['CONFORMANCE_CONTROL'] ?? ''}/${what}`
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body, plain) })
  return response.json()
}

function describe(event: Event, context: EventContext): object {
  const { data, bytes: _, ...attributes } = event
  const remainingMs = context.remainingMs()
  return {
    ...attributes,
    data: data === undefined ? { $undefined: true } : data instanceof Uint8Array ? { $hex: toHex(data) } : data,
    bytes: toHex(event.bytes()),
    function: context.function.name,
    instance: instance(),
    invocation: context.invocation.id,
    target: context.target,
    delivery: context.delivery,
    ...(context.trace && { trace: context.trace.parent }),
    ...(remainingMs !== undefined && { remainingMs }),
  }
}

/** JSON that shows what JSON cannot hold. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: value.toString() }
  return value instanceof Uint8Array ? { $hex: toHex(value) } : value
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
