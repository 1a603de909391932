import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { join } from 'node:path'

import { ownScript } from '../../own-script.ts'
import { untilReady } from '../../running.ts'
import { startRuntime } from '../../runtime-process.ts'
import { requireVendor } from '../../vendor.ts'

/** A message as the service hands it out. */
export interface QueueMessage {
  id: string
  popReceipt: string
  dequeueCount: number
  /** As it lies there, mostly base64. */
  text: string
}

/**
 * The queue service of one storage account, for as long as the host runs.
 * https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api
 */
export interface QueueService {
  /** Creates the queue unless there is one. */
  create(queue: string): Promise<void>
  /** @returns the message's id. @throws Error for a message that the service does not take, such as one above 64 KiB. */
  put(queue: string, text: string): Promise<string>
  /** Hands out up to 32 messages that are visible, and hides them until they are deleted or shown. */
  get(queue: string, count: number): Promise<QueueMessage[]>
  /** Makes a message visible again. */
  show(queue: string, message: QueueMessage): Promise<void>
  delete(queue: string, message: QueueMessage): Promise<void>
  stop(): Promise<void>
}

export const maxMessagesPerGet = 32

/** The service's own clock must not show a message again: the host's clock decides. Seconds, 7 days: the most that it takes. */
const hiddenSeconds = 604_800

// The account that every emulator has: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
const account = 'devstoreaccount1'
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

/** Starts the queue service of Azurite on loopback. @throws Error when it is not installed or does not start. */
export async function startQueueService(directory: string): Promise<QueueService> {
  const vendor = requireVendor('azurite', directory)
  const listening = Promise.withResolvers<number>()
  const runtime = startRuntime({
    script: join(vendor.directory, 'dist/src/queue/main.js'),
    args: '--queueHost 127.0.0.1 --queuePort 0 --inMemoryPersistence --disableTelemetry --skipApiVersionCheck --loose --silent'.split(
      ' ',
    ),
    cwd: directory,
    preload: [ownScript('#azure-functions/azurite-preload')],
    env: {},
    onLog(entry) {
      const port = /successfully listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(entry.line)?.[1]
      if (port !== undefined) listening.resolve(Number(port))
    },
  })
  const port = await untilReady(runtime, listening.promise, `${vendor.name} ${vendor.version}`)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const send = client(port, agent)
  return {
    async create(queue) {
      await send('PUT', `/${queue}`)
    },
    async put(queue, text) {
      const body = `<QueueMessage><MessageText>${escapeXml(text)}</MessageText></QueueMessage>`
      // Never expires: https://learn.microsoft.com/rest/api/storageservices/put-message
      const answer = await send('POST', `/${queue}/messages?messagettl=-1`, body)
      return element(answer, 'MessageId')
    },
    async get(queue, count) {
      const query = `numofmessages=${Math.min(count, maxMessagesPerGet)}&visibilitytimeout=${hiddenSeconds}`
      const answer = await send('GET', `/${queue}/messages?${query}`)
      return [...answer.matchAll(/<QueueMessage>(.*?)<\/QueueMessage>/gs)].map(([, xml = '']) => ({
        id: element(xml, 'MessageId'),
        popReceipt: element(xml, 'PopReceipt'),
        dequeueCount: Number(element(xml, 'DequeueCount')),
        text: element(xml, 'MessageText'),
      }))
    },
    async show(queue, message) {
      await send('PUT', `${pathOf(queue, message)}&visibilitytimeout=0`)
    },
    async delete(queue, message) {
      await send('DELETE', pathOf(queue, message))
    },
    async stop() {
      agent.destroy()
      await runtime.stop()
    },
  }
}

function pathOf(queue: string, { id, popReceipt }: QueueMessage): string {
  return `/${queue}/messages/${id}?popreceipt=${encodeURIComponent(popReceipt)}`
}

type Send = (method: string, path: string, body?: string) => Promise<string>

/** One signature for all requests: https://learn.microsoft.com/rest/api/storageservices/create-account-sas */
function client(port: number, agent: Agent): Send {
  const fields = { sp: 'rwdlacup', ss: 'q', srt: 'sco', st: '', se: '2099-01-01T00:00:00Z', sip: '', spr: '' }
  const version = '2019-12-12'
  const toSign = [account, ...Object.values(fields), version, ''].join('\n')
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64')).update(toSign).digest('base64')
  const { sp, ss, srt, se } = fields
  const token = new URLSearchParams({ sv: version, sp, ss, srt, se, sig: signature }).toString()
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const target = `/${account}${path}${path.includes('?') ? '&' : '?'}${token}`
      const headers = { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body ?? '') }
      const outgoing = request({ host: '127.0.0.1', port, agent, method, path: target, headers }, (incoming) => {
        const pieces: Buffer[] = []
        incoming.on('data', (piece: Buffer) => pieces.push(piece))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const answer = Buffer.concat(pieces).toString()
          const status = incoming.statusCode ?? 0
          if (status < 300) resolve(answer)
          else reject(new Error(`The queue service answered ${method} ${path} with ${status}: ${answer}`))
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
}

function element(xml: string, name: string): string {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1]
  return text === undefined ? '' : unescapeXml(text)
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function unescapeXml(text: string): string {
  return text.replaceAll(/&(#x?)?(\w+);/g, (whole, numeric: string | undefined, name: string) => {
    if (numeric !== undefined) return String.fromCodePoint(Number.parseInt(name, numeric === '#x' ? 16 : 10))
    return entities[name] ?? whole
  })
}
