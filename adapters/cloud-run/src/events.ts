import type { NodeRequest, NodeResponse } from '@isobar/core/adapter'
import { answerDelivery, createDeliveryHandler, type GoogleEventFunction } from '@isobar/google-events'
import type { CloudRunNative } from './native.ts'

const folder = '/.isobar/'

/** Answers `POST /.isobar/<name>`, and everything else with 404. @throws TypeError when a definition is not of its source's kind. */
export function eventListener(
  target: string,
  events: Readonly<Record<string, GoogleEventFunction>>,
): (request: NodeRequest, response: NodeResponse) => void {
  const handlers = new Map(
    Object.entries(events).map(([name, fn]) => [folder + name, createDeliveryHandler({ target, name }, fn)]),
  )
  return (request, response) => {
    const handler = request.method === 'POST' ? handlers.get(pathOf(request.url)) : undefined
    if (!handler) return notFound(response)
    const native: CloudRunNative = { request, response }
    void answerDelivery(handler, request, response, { native })
  }
}

/** Where events arrive in the other service of the image. */
export function isEventPath(url: string | undefined): boolean {
  return pathOf(url).startsWith(folder)
}

export function notFound(response: NodeResponse): void {
  response.statusCode = 404
  response.end()
}

function pathOf(url = '/'): string {
  // A proxy may send the absolute form.
  return url.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/s, '')
}
