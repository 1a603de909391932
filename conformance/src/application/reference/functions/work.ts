import { http, type HttpDefinition } from '@isobar/core'
import { sleep } from '../lib/sleep.ts'

/** Gives work to waitUntil as the path says and answers at once. */
export const waitUntil: HttpDefinition = http('/wait-until/:what', (_request, context) => {
  const { log } = context
  const work = async (message: string, milliseconds: number): Promise<void> => {
    await sleep(milliseconds)
    log.info(message)
  }
  switch (context.params.what) {
    case 'rejects':
      context.waitUntil(Promise.reject(new Error('the work failed')))
      break
    case 'not-a-promise':
      context.waitUntil(undefined)
      context.waitUntil('done already')
      context.waitUntil(42)
      break
    case 'two':
      context.waitUntil(work('the long work is done', 300))
      context.waitUntil(work('the short work is done', 50))
      break
    case 'more':
      // Work that itself finds out that there is more to do.
      context.waitUntil(
        work('the first work is done', 50).then(() => context.waitUntil(work('the next work is done', 50))),
      )
      break
    case 'slow':
      context.waitUntil(work('the slow work is done', 600))
      break
    default:
      context.waitUntil(work('the work is done', 200))
  }
  return Response.json({ invocation: context.invocation, answeredAt: Date.now() })
})

/** Work that takes longer than the function may. */
export const cutWork: HttpDefinition = http({ route: '/cut-work', timeoutMs: 1000 }, (_request, context) => {
  context.waitUntil(new Promise(() => undefined))
  return Response.json({ invocation: context.invocation })
})

/** A handler that fails although its work goes on. */
export const failWithWork: HttpDefinition = http('/fail-with-work', (_request, context) => {
  context.waitUntil(sleep(100).then(() => context.log.info('the work is done')))
  throw new Error('secret of the handler')
})
