import type { Answer, RequestParts, Origin } from '@isobar/core/adapter'
import { bodyBytes, member, pairs, requestUrl } from './event.ts'
import { encodeBody } from './result.ts'
import type { HttpApiEvent } from './native-http.ts'

/** Payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export interface Payload2Result {
  statusCode: number
  headers: Record<string, string>
  /** One Set-Cookie header each. */
  cookies?: string[]
  body: string
  isBase64Encoded: boolean
}

export function isPayload2(event: unknown): event is HttpApiEvent {
  const http = member(member(event, 'requestContext'), 'http')
  return typeof member(event, 'rawPath') === 'string' && typeof member(http, 'method') === 'string'
}

/** @param path as it can stand in a URL; what the front doors do to it differs. */
export function decodePayload2(event: HttpApiEvent, path: string, origin: Origin | undefined): RequestParts {
  const query = event.rawQueryString ? `?${event.rawQueryString}` : ''
  const { domainName, http } = event.requestContext
  return {
    method: http.method,
    url: requestUrl(origin, 'https', domainName, path + query),
    headers: decodeHeaders(event),
    body: bodyBytes(event),
  }
}

/** Cookies are moved out of the headers; where both are there, the array has them whole. */
function decodeHeaders(event: HttpApiEvent): [string, string][] {
  const headers = pairs(undefined, event.headers)
  const { cookies } = event
  if (!cookies || cookies.length === 0) return headers
  const others = headers.filter(([name]) => name.toLowerCase() !== 'cookie')
  others.push(['cookie', cookies.join('; ')])
  return others
}

export function encodePayload2(answer: Answer<Uint8Array>): Payload2Result {
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    ...(answer.cookies.length > 0 && { cookies: answer.cookies }),
    ...encodeBody(answer),
  }
}
