import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import type { Clock } from '../../../events/clock.ts'
import { listenOnLoopback } from '../../../running.ts'
import type { Permissions } from '../permissions.ts'
import { isObject, type Properties } from '../values.ts'
import { operations } from './operations.ts'
import { SqsError } from './message.ts'
import type { SqsQueue } from './queue.ts'

/** The HTTP API of SQS on loopback. */
export interface SqsApi {
  readonly port: number
  /** Where a queue is reached: the value of its `Ref`. */
  urlOf(name: string): string
  /** The queues that there are, and who may do what; before, there is none. */
  serve(queues: ReadonlyMap<string, SqsQueue>, permissions?: Permissions): void
  /** While broken, every request is refused. */
  break(broken: boolean): void
  close(): Promise<void>
}

/**
 * Starts the API in the AWS JSON 1.0 protocol, which the vendor's SDKs speak. Signatures are not checked.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 *
 * @param accountId the owner of the queues.
 */
export async function startSqsApi(clock: Pick<Clock, 'now'>, accountId: string): Promise<SqsApi> {
  let queues: ReadonlyMap<string, SqsQueue> = new Map()
  let permissions: Permissions = { allows: () => true }
  let broken = false
  const server = createServer((request, response) => {
    response.setHeader('x-amzn-RequestId', randomUUID())
    handle(request)
      .then((result) => answer(response, 200, JSON.stringify(result)))
      .catch((error: unknown) => refuse(response, error))
  })
  // A function keeps its connections while it is frozen.
  server.keepAliveTimeout = 0
  server.requestTimeout = 0
  const port = await listenOnLoopback(server)
  const urlOf = (name: string): string => `http://127.0.0.1:${port}/${accountId}/${name}`

  const handle = async (request: IncomingMessage): Promise<Properties> => {
    const input = await readInput(request)
    // As for a role whose right was taken away: an error that SDKs do not repeat.
    if (broken) throw denied('perform anything')
    const target = String(request.headers['x-amz-target'] ?? '')
    const name = target.replace(/^AmazonSQS\./, '')
    const operation = operations[name]
    if (operation === undefined || target === name) {
      throw new SqsError('UnknownOperationException', `There is no operation ${target}.`)
    }
    const caller = /Credential=([^/,\s]+)/.exec(request.headers.authorization ?? '')?.[1]
    const find = queueOf(queues)
    return operation(input, {
      urlOf,
      now: clock.now,
      queueOf(queueName) {
        const queue = find(queueName)
        // A batch takes the right of its single call.
        const action = `sqs:${name.replace(/Batch$/, '')}`
        if (!permissions.allows(caller, action, queue.arn)) throw denied(`perform ${action} on ${queue.arn}`)
        return queue
      },
    })
  }
  return {
    port,
    urlOf,
    serve(some, rights = permissions) {
      queues = some
      permissions = rights
    },
    break: (now) => void (broken = now),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function denied(what: string): SqsError {
  return new SqsError('AccessDeniedException', `The caller is not authorized to ${what}.`, 'AccessDenied')
}

/** @param queues by name. */
function queueOf(queues: ReadonlyMap<string, SqsQueue>): (name: string) => SqsQueue {
  return (name) => {
    const queue = queues.get(name)
    if (queue !== undefined) return queue
    throw new SqsError(
      'QueueDoesNotExist',
      'The specified queue does not exist.',
      'AWS.SimpleQueueService.NonExistentQueue',
    )
  }
}

async function readInput(request: IncomingMessage): Promise<Properties> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  let input: unknown
  try {
    input = JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    input = undefined
  }
  if (isObject(input)) return input
  throw new SqsError('SerializationException', 'The body of the request is no JSON object.')
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-interpreting-api-responses-json.html */
function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof SqsError ? error : new SqsError('InternalFailure', String(error))
  const fault = error instanceof SqsError ? 'Sender' : 'Receiver'
  response.setHeader('x-amzn-query-error', `${known.queryCode};${fault}`)
  const status = fault === 'Receiver' ? 500 : known.code === 'AccessDeniedException' ? 403 : 400
  answer(response, status, JSON.stringify({ __type: `com.amazonaws.sqs#${known.code}`, message: known.message }))
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}
