import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import type { OutgoingMessage } from './broker.ts'
import type { QueueMetrics } from './dispatcher.ts'
import { contentTypes, type ContentType } from './dispatcher.ts'

export interface ProducerServerOptions {
  /** The send resolves when this has returned. */
  send(queue: string, messages: OutgoingMessage[]): void
  metrics(queue: string): QueueMetrics
  /** Has every send fail. */
  broken(): boolean
}

/** Codes and what they mean: https://developers.cloudflare.com/queues/reference/error-codes/ */
const refusals = {
  batchDelay: { status: 400, code: 10202, cause: 'Invalid batch delay' },
  metadata: { status: 400, code: 10203, cause: 'Invalid message metadata' },
  messageSize: { status: 413, code: 10204, cause: 'Message size out of bounds' },
  batchSize: { status: 413, code: 10205, cause: 'Batch size out of bounds' },
  batchCount: { status: 413, code: 10206, cause: 'Batch count out of bounds' },
  unknown: { status: 500, code: 15000, cause: 'Unknown error' },
} satisfies Record<string, Refusal>

interface Refusal {
  status: number
  code: number
  cause: string
}

// 1 KB is 1000 bytes; delays are in seconds. https://developers.cloudflare.com/queues/platform/limits/
const maxMessageBytes = 128_000
const maxBatchBytes = 256_000
const maxBatchCount = 100
const maxDelay = 86_400

interface BatchRequest {
  messages: { body: string; contentType?: string; delaySecs?: number }[]
}

/**
 * Takes what workerd's own `send` and `sendBatch` put on the wire, which is what production's broker gets:
 * https://github.com/cloudflare/workerd/blob/main/src/workerd/api/queue.c++
 */
export function createProducerServer(options: ProducerServerOptions): Server {
  return createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      // The other end went away with its message, or this is wrong: whoever sent it is to see why.
      if (request.complete) refuse(response, { ...refusals.unknown, cause: headerValue(String(error)) })
      else response.destroy()
    })
  })
}

async function answer(
  options: ProducerServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const queue = decodeURIComponent(header(request, 'isobar-queue') ?? '')
  if (request.method === 'GET') return json(response, options.metrics(queue))
  const read = request.url === '/batch' ? readBatch : readMessage
  const messages = options.broken() ? refusals.unknown : read(request, Buffer.concat(chunks))
  if (!Array.isArray(messages)) return refuse(response, messages)
  options.send(queue, messages)
  json(response, { metadata: { metrics: options.metrics(queue) } })
}

function readMessage(request: IncomingMessage, body: Buffer): OutgoingMessage[] | Refusal {
  const contentType = contentTypeOf(header(request, 'x-msg-fmt'))
  const delaySeconds = delayOf(request)
  if (contentType === undefined || !isDelay(delaySeconds)) return refusals.metadata
  if (body.length > maxMessageBytes) return refusals.messageSize
  return [{ contentType, body, delaySeconds }]
}

function readBatch(request: IncomingMessage, body: Buffer): OutgoingMessage[] | Refusal {
  const { messages }: BatchRequest = JSON.parse(body.toString('utf8'))
  if (messages.length > maxBatchCount) return refusals.batchCount
  const delay = delayOf(request)
  if (!isDelay(delay)) return refusals.batchDelay
  const read: OutgoingMessage[] = []
  for (const message of messages) {
    const contentType = contentTypeOf(message.contentType)
    const delaySeconds = message.delaySecs ?? delay
    if (contentType === undefined || !isDelay(delaySeconds)) return refusals.metadata
    read.push({ contentType, body: Buffer.from(message.body, 'base64'), delaySeconds })
  }
  if (read.some((message) => message.body.length > maxMessageBytes)) return refusals.messageSize
  if (read.reduce((bytes, message) => bytes + message.body.length, 0) > maxBatchBytes) return refusals.batchSize
  return read
}

/** Without one a message is in V8's own form. */
function contentTypeOf(name = 'v8'): ContentType | undefined {
  return contentTypes.find((contentType) => contentType === name)
}

/** What the send says, else what the binding does. */
function delayOf(request: IncomingMessage): number {
  return Number(header(request, 'x-msg-delay-secs') ?? header(request, 'isobar-delivery-delay') ?? 0)
}

function isDelay(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= maxDelay
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

function headerValue(text: string): string {
  return text.replaceAll(/[^ -~]/g, ' ')
}

function json(response: ServerResponse, value: object): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}

/** workerd makes the message of the error of these headers. */
function refuse(response: ServerResponse, { status, code, cause }: Refusal): void {
  response.writeHead(status, { 'cf-queues-error-code': String(code), 'cf-queues-error-cause': cause })
  response.end()
}
