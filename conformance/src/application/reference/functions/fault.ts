import { http, type HttpDefinition } from '@isobar/core'

/** Faults outside of the handler's own promise. */
export const fault: HttpDefinition = http('/fault/:what', (_request, context) => {
  if (context.params.what === 'timer') {
    setTimeout(() => {
      throw new Error('thrown by a timer')
    }, 20)
  } else {
    void Promise.reject(new Error('a rejection that nobody handles'))
  }
  return new Response('answered')
})
