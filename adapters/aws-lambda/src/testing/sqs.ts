import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { ChangeMessageVisibilityInput, LoadSqs, SendMessageInput } from '../effects.ts'

export interface FakeSqs {
  load: LoadSqs
  sent: SendMessageInput[]
  postponed: ChangeMessageVisibilityInput[]
  /** How often the SDK was loaded, and how often a client was made of it. */
  counts: { loads: number; clients: number }
  /** What every call rejects with from now on. */
  fails?: Error | undefined
  loadFails?: Error | undefined
}

/** An SDK that notes what it is asked for. */
export function fakeSqs(): FakeSqs {
  const counts = { loads: 0, clients: 0 }
  const fake: FakeSqs = {
    sent: [],
    postponed: [],
    counts,
    async load() {
      counts.loads++
      if (fake.loadFails) throw fake.loadFails
      return {
        SQS: class {
          constructor() {
            counts.clients++
          }
          async sendMessage(input: SendMessageInput): Promise<void> {
            if (fake.fails) throw fake.fails
            fake.sent.push(input)
          }
          async changeMessageVisibility(input: ChangeMessageVisibilityInput): Promise<void> {
            if (fake.fails) throw fake.fails
            fake.postponed.push(input)
          }
        },
      }
    },
  }
  return fake
}

export interface SqsServer extends AsyncDisposable {
  url: string
  /** Action and body of each request. */
  requests: { action: string; body: Record<string, unknown> }[]
  /** The status of the answers from now on; 0 answers nothing at all. @default 200 */
  status: number
}

/** An endpoint of SQS's JSON protocol: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html */
export async function serveSqs(): Promise<SqsServer> {
  const requests: SqsServer['requests'] = []
  const server = createServer(async (request, response) => {
    const body: Record<string, unknown> = JSON.parse(await text(request))
    requests.push({ action: String(request.headers['x-amz-target']), body })
    if (sqs.status === 0) return
    const md5 = createHash('md5').update(String(body['MessageBody'])).digest('hex')
    const answer =
      sqs.status === 200
        ? { MessageId: 'sent-1', MD5OfMessageBody: md5 }
        : { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no such queue' }
    response.writeHead(sqs.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const sqs: SqsServer = {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    status: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return sqs
}
