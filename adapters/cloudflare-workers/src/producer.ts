import type { ContentType } from './body.ts'

/** https://developers.cloudflare.com/queues/configuration/javascript-apis/#queue */
export interface Producer {
  send(body: unknown, options: { contentType: ContentType }): Promise<unknown>
}

/** @throws TypeError when the Worker has no such binding. */
export function producer(env: object, binding: string): Producer {
  const found: unknown = Reflect.get(env, binding)
  if (isProducer(found)) return found
  throw new TypeError(
    `The Worker has no queue bound as ${binding}. Deploy it with the wrangler.jsonc that was built beside it.`,
  )
}

function isProducer(value: unknown): value is Producer {
  return typeof value === 'object' && value !== null && 'send' in value && typeof value.send === 'function'
}
