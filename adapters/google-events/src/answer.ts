import { logUncaught, type NodeRequest, type NodeResponse } from '@isobar/core/adapter'
import { readDelivery, type Delivery } from './delivery.ts'
import type { AnswerDelivery, PlatformCall } from './handle.ts'
import { sink } from './log.ts'

/**
 * Takes one request of Node's `http` to its answer. Never rejects.
 *
 * @param body the bytes where a framework has taken them from the connection already.
 */
export async function answerDelivery(
  handler: AnswerDelivery,
  request: NodeRequest,
  response: NodeResponse,
  call: Omit<PlatformCall, 'env' | 'version'>,
  body?: Uint8Array,
): Promise<void> {
  response.statusCode = await statusOf(handler, call, readDelivery(request, Date.now(), body))
  if (!response.destroyed) response.end()
}

async function statusOf(
  handler: AnswerDelivery,
  call: Omit<PlatformCall, 'env' | 'version'>,
  reading: Promise<Delivery>,
): Promise<204 | 503> {
  const { env } = process
  try {
    return await handler(await reading, { ...call, env, version: env['K_REVISION'] })
  } catch (error) {
    // The sender went away in the middle of its request, or the fault is ours; either way it has to come again.
    logUncaught(sink, error)
    return 503
  }
}
