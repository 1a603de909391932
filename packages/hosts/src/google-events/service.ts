import { identityToken } from './token.ts'
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
  /** Whether it lets in requests of a service account; undefined: those without an identity. */
  lets(account: string | undefined): boolean
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
  url: string
}

/** @throws Error when no service has the URL */
export function destinationOf(url: string, services: readonly EventService[], where: string): Destination {
  for (const service of services) {
    for (const prefix of service.urls) {
      const rest = url.slice(prefix.length)
      if (!url.startsWith(prefix) || !/^(?:$|[/?])/.test(rest)) continue
      return { service, target: rest.startsWith('/') ? rest : `/${rest}`, host: new URL(url).host, url }
    }
  }
  const known = services.flatMap((service) => service.urls).join(', ')
  throw new Error(`${where}: ${url} is the URL of no service of this target. They have ${known || 'none'}.`)
}

export interface Sending extends Omit<Push, 'target' | 'host'> {
  /** The service account whose token goes with it. */
  account: string | undefined
  /** Of the token. @default the URL */
  audience: string | undefined
  now: number
}

/** Sends a request as a service account; the service's front end refuses whom it does not let in. */
export async function send(
  destination: Destination,
  { account, audience, now, ...push }: Sending,
): Promise<PushAnswer> {
  const { service, target, host, url } = destination
  // https://cloud.google.com/run/docs/troubleshooting#403
  if (!service.lets(account)) {
    const who = account === undefined ? 'The request has no identity' : `${account} lacks roles/run.invoker`
    return { status: 403, text: `The request was not authenticated or not allowed to invoke ${service.name}: ${who}.` }
  }
  const token =
    account === undefined
      ? []
      : [['authorization', `Bearer ${identityToken(account, audience ?? url, now)}`] satisfies [string, string]]
  return service.pusher.push({ ...push, headers: [...push.headers, ...token], target, host })
}

/** @param acknowledges whether an answer with this status does. */
export function failureOf({ status, text }: PushAnswer, acknowledges: (status: number) => boolean): Failure {
  if (status !== undefined && acknowledges(status)) return undefined
  return [status, text.trim()].filter((part) => part !== undefined && part !== '').join(' ')
}
