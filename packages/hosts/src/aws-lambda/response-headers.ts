import type { Header } from './door.ts'

/**
 * What a REST API does to the headers of an answer: some get another name, some never reach the client.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
 * Function URLs do the same; seen there for content-length: https://github.com/cargo-lambda/cargo-lambda/issues/862
 */
const remapped = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'max-forwards',
  'server',
  'user-agent',
  'www-authenticate',
])
const dropped = new Set([
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

export function remapHeaders(headers: Header[]): Header[] {
  return headers
    .filter(([name]) => !dropped.has(name.toLowerCase()))
    .map(([name, value]) => [remapped.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, value])
}

const ofTheConnection = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** HTTP APIs and load balancers frame the answer themselves, whatever the function says of that. */
export function withoutFraming(headers: Header[]): Header[] {
  return headers.filter(([name]) => !ofTheConnection.has(name.toLowerCase()))
}
