import { http, type HttpDefinition } from '@isobar/core'
import { sleep } from '../lib/sleep.ts'

/** Has a second; what it does with it, the path says. */
export const deadline: HttpDefinition = http(
  { route: '/deadline/:how', timeoutMs: 1000 },
  async (_request, context) => {
    switch (context.params.how) {
      case 'never':
        return new Promise<never>(() => undefined)
      case 'signal': {
        // Gives up in time, when the signal says so.
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve))
        context.log.info('the signal aborted', { remainingMs: context.remainingMs() })
        return Response.json({
          aborted: context.signal.aborted,
          reason: String(Reflect.get(Object(context.signal.reason), 'name')),
        })
      }
      case 'quick':
        context.signal.addEventListener('abort', () => context.log.error('aborted although it had answered'))
        return Response.json({ invocation: context.invocation })
      case 'late-failure':
        await sleep(1200)
        throw new Error('too late to tell the client')
      default: {
        const first = context.remainingMs()
        await sleep(50)
        return Response.json({ first, second: context.remainingMs(), aborted: context.signal.aborted })
      }
    }
  },
)

/** No deadline of its own. */
export const remaining: HttpDefinition = http('/remaining', (_request, context) =>
  Response.json({ remainingMs: context.remainingMs() ?? null, aborted: context.signal.aborted }),
)
