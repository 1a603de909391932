import type { NodeResponse } from '@isobar/core/adapter'
import {
  createDeliveryHandler,
  readDelivery,
  type AnswerDelivery,
  type GoogleEventFunction,
} from '@isobar/google-events'
import { watchFaults } from './faults.ts'
import type { CloudFunctionsNative, CloudFunctionsRequest } from './native.ts'

export interface CloudFunctionsEventApplication extends GoogleEventFunction {
  /** `manifest.target`; becomes `context.target`. */
  target: string
  /** The function's name; becomes `context.function.name`. */
  name: string
}

/**
 * One event function as a function for `functions.http()`, CloudEvents too: the framework would hand those over as parsed
 * JSON without their content type, so that neither the bytes nor their type would be what was sent, and answer by itself.
 * Declares two parameters, since the framework gives functions with more of them a callback to wait for.
 *
 * @throws TypeError when the definition is none of the source's kind.
 */
export function eventFunction({
  target,
  name,
  ...fn
}: CloudFunctionsEventApplication): (req: CloudFunctionsRequest, res: NodeResponse) => void {
  const handler = createDeliveryHandler({ target, name }, fn)
  watchFaults()
  return (req, res) => {
    if (req.method === 'POST') return void answer(handler, req, res)
    res.statusCode = 404
    res.end()
  }
}

async function answer(handler: AnswerDelivery, req: CloudFunctionsRequest, res: NodeResponse): Promise<void> {
  const native: CloudFunctionsNative = { req, res }
  const { env } = process
  try {
    res.statusCode = await handler(await readDelivery(req, Date.now(), req.rawBody), {
      id: req.executionId,
      native,
      env,
      version: env['K_REVISION'],
    })
  } catch {
    // The sender went away in the middle of its request, and will come again.
    res.statusCode = 503
  }
  if (!res.destroyed) res.end()
}
