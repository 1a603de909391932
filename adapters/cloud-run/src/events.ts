import type { NodeRequest, NodeResponse } from '@isobar/core/adapter'
import { answerDelivery, createDeliveryHandler, type GoogleEventFunction } from '@isobar/google-events'
import type { CloudRunNative } from './native.ts'

const folder = '/.isobar/'

export type Listener = (request: NodeRequest, response: NodeResponse) => void

/** The event functions of an image, for `serve`. A shim without events leaves this out, and the code of events with it. */
export interface EventFunctions {
  /** Answers `POST /.isobar/<name>`, and everything else with 404. @throws TypeError when a definition is not of its source's kind. */
  listen: (target: string) => Listener
}

/** Event functions by name. */
export function eventFunctions(functions: Readonly<Record<string, GoogleEventFunction>>): EventFunctions {
  return {
    listen(target) {
      const handlers = new Map(
        Object.entries(functions).map(([name, fn]) => [folder + name, createDeliveryHandler({ target, name }, fn)]),
      )
      return (request, response) => {
        const handler = request.method === 'POST' ? handlers.get(pathOf(request.url)) : undefined
        if (!handler) return notFound(response)
        const native: CloudRunNative = { request, response }
        void answerDelivery(handler, request, response, { native })
      }
    },
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
