import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { isObject } from './block.ts'
import { emptyMessage, isEmpty, type Publishing } from './message.ts'
import type { PubSub } from './pub-sub.ts'
import type { Place } from './computed.ts'
import { identityToken } from './token.ts'

export interface GoogleApi {
  server: Server
  /** While broken, nobody may publish. */
  breakPublishing(broken: boolean): void
}

/**
 * What a function asks Google for: Pub/Sub's REST API, as its emulator has it too
 * (https://cloud.google.com/pubsub/docs/emulator), and the metadata server
 * (https://cloud.google.com/run/docs/container-contract#metadata-server).
 */
export function createGoogleApi(pubSub: PubSub, place: Place, now: () => number): GoogleApi {
  let broken = false
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://metadata.google.internal')
    if (pathname === '/' || pathname.startsWith('/computeMetadata/')) {
      return metadata(request, response, place, pathname, searchParams.get('audience') ?? '', now())
    }
    const text = await textOf(request)
    const topic = /^\/v1\/(projects\/[^/]+\/topics\/[^/:]+):publish$/.exec(pathname)?.[1]
    if (topic === undefined || request.method !== 'POST') {
      return fail(response, 404, 'NOT_FOUND', `${request.method} ${pathname} is not served here.`)
    }
    if (broken) {
      return fail(response, 403, 'PERMISSION_DENIED', 'User not authorized to perform this action.')
    }
    const name = decodeURIComponent(topic)
    if (!pubSub.hasTopic(name)) {
      const resource = name.split('/').at(-1)
      return fail(response, 404, 'NOT_FOUND', `Resource not found (resource=${resource}).`)
    }
    const messages = publishings(text)
    if (typeof messages === 'string') return fail(response, 400, 'INVALID_ARGUMENT', messages)
    json(response, 200, { messageIds: messages.map((one) => pubSub.publish(name, one).id) })
  })
  return { server, breakPublishing: (value) => void (broken = value) }
}

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish. @returns a text that says what is wrong */
function publishings(text: string): Publishing[] | string {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return 'Invalid JSON payload received.'
  }
  const messages = isObject(body) ? body['messages'] : undefined
  if (!Array.isArray(messages) || messages.length === 0)
    return 'The value for message_count is too small. You passed 0 in the request, but the minimum value is 1.'
  const all: Publishing[] = []
  for (const one of messages) {
    if (!isObject(one)) return 'Invalid value at "messages".'
    const { data = '', attributes = {}, orderingKey = '' } = one
    if (typeof data !== 'string' || !/^[\w+/-]*={0,2}$/.test(data))
      return 'Invalid value at "messages[0].data" (TYPE_BYTES), Base64 decoding failed.'
    if (!isObject(attributes) || !isTexts(attributes)) return 'Invalid value at "messages[0].attributes" (TYPE_STRING).'
    if (typeof orderingKey !== 'string') return 'Invalid value at "messages[0].ordering_key" (TYPE_STRING).'
    const publishing = { data: Buffer.from(data, 'base64'), attributes, ...(orderingKey !== '' && { orderingKey }) }
    if (isEmpty(publishing)) return emptyMessage
    all.push(publishing)
  }
  return all
}

function isTexts(value: Record<string, unknown>): value is Record<string, string> {
  return Object.values(value).every((one) => typeof one === 'string')
}

/** https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys */
function metadata(
  request: IncomingMessage,
  response: ServerResponse,
  { project, number, region }: Place,
  path: string,
  audience: string,
  now: number,
): void {
  response.setHeader('Metadata-Flavor', 'Google')
  // Libraries look whether it is there: https://github.com/googleapis/google-cloud-node-core/tree/main/packages/gcp-metadata
  if (path === '/' || path === '/computeMetadata/v1' || path === '/computeMetadata/v1/')
    return plain(response, 200, 'computeMetadata/')
  if (request.headers['metadata-flavor'] !== 'Google')
    return plain(response, 403, 'Missing Metadata-Flavor:Google header.')
  const account = `${number}-compute@developer.gserviceaccount.com`
  const asked = path.replace('/computeMetadata/v1/', '').replace(`/${account}/`, '/default/')
  switch (asked) {
    case 'project/project-id':
      return plain(response, 200, project)
    case 'project/numeric-project-id':
      return plain(response, 200, number)
    case 'instance/region':
      return plain(response, 200, `projects/${number}/regions/${region}`)
    case 'universe/universe-domain':
      return plain(response, 200, 'googleapis.com')
    case 'instance/service-accounts/default/email':
      return plain(response, 200, account)
    case 'instance/service-accounts/default/token':
      return json(response, 200, { access_token: 'ya29.local', expires_in: 3599, token_type: 'Bearer' })
    case 'instance/service-accounts/default/identity':
      return plain(response, 200, identityToken(account, audience, now))
  }
  plain(response, 404, 'Not Found')
}

/** https://cloud.google.com/apis/design/errors#http_mapping */
function fail(response: ServerResponse, code: number, status: string, message: string): void {
  json(response, code, { error: { code, message, status } })
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
  response.end(JSON.stringify(body))
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/text' })
  response.end(text)
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString()
}
