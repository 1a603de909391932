import { http, type HttpDefinition } from '@isobar/core'
import { instance } from '../../shared/instance.ts'
import { sleep } from '../lib/sleep.ts'

/** Faults outside of the handler's own promise. */
export const fault: HttpDefinition = http('/fault/:what', async (_request, context) => {
  context.log.info('the fault comes', { instance: instance() })
  if (context.params.what === 'timer') {
    setTimeout(() => {
      throw new Error('thrown by a timer')
    }, 20)
  } else {
    void Promise.reject(new Error('a rejection that nobody handles'))
  }
  // The invocation is still there when the fault comes to light.
  await sleep(100)
  return new Response('answered')
})
