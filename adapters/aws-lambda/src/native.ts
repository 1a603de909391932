import type { Context } from '@isobar/core/adapter'
import type { NativeEvent } from './native-events.ts'
import type { NativeHttp } from './native-http.ts'

/**
 * The event and the context as Lambda gave them: of an http function told apart by `frontDoor`, of an event function by
 * `source`. An event of several records is the whole batch; `context.delivery.batch.index` says which one is meant.
 */
export type Native = (NativeHttp & { source?: undefined }) | (NativeEvent & { frontDoor?: undefined })

/**
 * Lambda's own event and context, for what the portable context does not say.
 *
 * @throws TypeError when the invocation came from another target.
 */
export function native(context: Context): Native {
  if (isNative(context.native)) return context.native
  throw new TypeError(
    `native() of @isobar/aws-lambda reads the context of an AWS Lambda function, but this one comes from the target ` +
      `'${context.target}'. Ask for context.target first, or import native from that target's adapter.`,
  )
}

/** Total: a front door more breaks the compile here until it is named. */
const frontDoors: Record<NativeHttp['frontDoor'], true> = {
  'http-api': true,
  'rest-api': true,
  alb: true,
  'alb-multi-value': true,
  'function-url': true,
  'function-url-streaming': true,
}

const sources: Record<NativeEvent['source'], true> = {
  sqs: true,
  sns: true,
  scheduler: true,
  s3: true,
  kinesis: true,
  dynamodb: true,
  eventbridge: true,
}

function isNative(value: unknown): value is Native {
  if (typeof value !== 'object' || value === null || !('event' in value && 'context' in value)) return false
  if ('frontDoor' in value) return typeof value.frontDoor === 'string' && Object.hasOwn(frontDoors, value.frontDoor)
  return 'source' in value && typeof value.source === 'string' && Object.hasOwn(sources, value.source)
}
