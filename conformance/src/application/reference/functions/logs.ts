import { http, type HttpDefinition } from '@isobar/core'

/** Logs as the path says. */
export const logs: HttpDefinition = http('/logs/:what', (_request, context) => {
  const { log } = context
  switch (context.params.what) {
    case 'levels':
      log.debug('at debug', { step: 1 })
      log.info('at info', { step: 2 })
      log.warn('at warn', { step: 3 })
      log.error('at error', { step: 4 })
      break
    case 'error':
      log.error('with an error', { error: new TypeError('the outer one', { cause: new RangeError('the inner one') }) })
      break
    case 'circular': {
      const order: Record<string, unknown> = { id: 7n }
      order['self'] = order
      log.info('with a circle', { order })
      break
    }
    case 'hostile': {
      const hostile = {
        get broken(): string {
          throw new Error('a getter that throws')
        },
      }
      log.info('with a getter that throws', { hostile, symbol: Symbol('s'), nothing: undefined, fn: () => 1 })
      break
    }
    case 'newline':
      log.info('first line\nsecond line', { text: 'a\r\nb' })
      break
    default:
      // A field may not stand in for what the logger itself writes.
      log.info('with taken names', { message: 'mine', level: 'mine', time: 'mine', invocationId: 'mine' })
  }
  return Response.json({ invocation: context.invocation, trace: context.trace ?? null, function: context.function })
})
