import type { NodeResponse } from '@isobar/core/adapter'
import { answerDelivery, createDeliveryHandler, type GoogleEventFunction } from '@isobar/google-events'
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
    if (req.method === 'POST') {
      const native: CloudFunctionsNative = { req, res }
      void answerDelivery(handler, req, res, { id: req.executionId, native }, req.rawBody)
      return
    }
    res.statusCode = 404
    res.end()
  }
}
