import type { Failure } from './subscription.ts'
import type { Push, PushAnswer, Pusher } from './pusher.ts'

/** A deployed service, as Google's own services reach it. */
export interface EventService {
  /** What it is called where it is deployed. */
  name: string
  /** Its URLs, without a path behind them. */
  urls: string[]
  pusher: Pusher
  /** How long it lets a request take, in milliseconds. */
  timeoutMs: number
  /** Whether it lets in requests without an identity. */
  isPublic: boolean
  /** The name of the event function that a request is for. */
  functionAt(target: string): string | undefined
  /** Values of its environment. */
  env: Readonly<Record<string, string>>
}

/** Where a URL of a deploy file leads. */
export interface Destination {
  service: EventService
  /** Path and query that the service sees. */
  target: string
  host: string
}

/** @throws Error when no service has the URL */
export function destinationOf(url: string, services: readonly EventService[], where: string): Destination {
  for (const service of services) {
    for (const prefix of service.urls) {
      const rest = url.slice(prefix.length)
      if (!url.startsWith(prefix) || !/^(?:$|[/?])/.test(rest)) continue
      return { service, target: rest.startsWith('/') ? rest : `/${rest}`, host: new URL(url).host }
    }
  }
  const known = services.flatMap((service) => service.urls).join(', ')
  throw new Error(`${where}: ${url} is the URL of no service of this target. They have ${known || 'none'}.`)
}

/** @param authorized whether the request carries an identity. Whether that identity may invoke the service is not modelled. */
export async function send(
  { service, target, host }: Destination,
  push: Omit<Push, 'target' | 'host'>,
  authorized: boolean,
): Promise<PushAnswer> {
  if (!authorized && !service.isPublic) {
    // https://cloud.google.com/run/docs/troubleshooting#403
    const text =
      'The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header.'
    return { status: 403, text }
  }
  return service.pusher.push({ ...push, target, host })
}

/** @param acknowledges whether an answer with this status does. */
export function failureOf({ status, text }: PushAnswer, acknowledges: (status: number) => boolean): Failure {
  if (status !== undefined && acknowledges(status)) return undefined
  return [status, text.trim()].filter((part) => part !== undefined && part !== '').join(' ')
}
