import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'

import type { EventInput } from '../../events/types.ts'
import type { OutgoingMessage } from './broker.ts'

/** A rule of a bucket: which of its events become messages of which queue. */
export interface NotificationRule {
  bucket: string
  queue: string
  /** `object-create`, `object-delete` */
  eventTypes: string[]
  prefix: string
  suffix: string
}

const command = /\br2 bucket notification create\s+(?<rest>[^\n]*)/g

/**
 * Finds the commands that create rules, since no configuration holds them:
 * https://developers.cloudflare.com/r2/buckets/event-notifications/#enable-event-notifications-via-wrangler
 *
 * @param directory its README, scripts, comments of its configuration and other plain text are read.
 */
export async function readNotificationRules(directory: string): Promise<NotificationRule[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const texts = entries.filter(
    (entry) => entry.isFile() && ['.md', '.sh', '.txt', '.jsonc', ''].includes(extname(entry.name)),
  )
  const rules = await Promise.all(texts.map(async ({ name }) => rulesIn(await readFile(join(directory, name), 'utf8'))))
  return rules.flat()
}

function rulesIn(text: string): NotificationRule[] {
  // A command may go on in the next line.
  return [...text.replaceAll(/\\\r?\n/g, ' ').matchAll(command)].flatMap(
    ({ groups }) => rule(groups?.['rest'] ?? '') ?? [],
  )
}

function rule(line: string): NotificationRule | undefined {
  // Code in a text may end with a backtick; a comment begins with a hash.
  const [code = ''] = line.split(/`|\s#/)
  const words = code.match(/"[^"]*"|'[^']*'|\S+/g) ?? []
  const { values, positionals } = parseArgs({
    args: words.map((word) => word.replaceAll(/^(["'])(.*)\1$/g, '$2')),
    allowPositionals: true,
    strict: false,
    options: {
      'event-type': { type: 'string', multiple: true },
      // The older name: https://developers.cloudflare.com/workers/wrangler/commands/#r2-bucket-notification-create
      'event-types': { type: 'string', multiple: true },
      queue: { type: 'string' },
      prefix: { type: 'string' },
      suffix: { type: 'string' },
    },
  })
  const [bucket, ...others] = positionals
  const { queue, prefix, suffix } = values
  if (bucket === undefined || typeof queue !== 'string') return undefined
  const named = [values['event-type'], values['event-types']].flat().filter((type) => typeof type === 'string')
  return {
    bucket,
    queue,
    // `--event-type object-create object-delete`: the second comes as a word of its own.
    eventTypes: [...named, ...others],
    prefix: typeof prefix === 'string' ? prefix : '',
    suffix: typeof suffix === 'string' ? suffix : '',
  }
}

/** Is a notification sent for this? */
export function applies({ eventTypes, prefix, suffix }: NotificationRule, input: EventInput): boolean {
  if (!('object' in input)) return false
  const type = input.object === 'created' ? 'object-create' : 'object-delete'
  return eventTypes.includes(type) && input.key.startsWith(prefix) && input.key.endsWith(suffix)
}

/**
 * Makes the message of a notification: https://developers.cloudflare.com/r2/buckets/event-notifications/#message-format.
 * R2 has no versions of objects.
 *
 * @param now milliseconds since 1970.
 * @throws Error when a bucket has no such event.
 */
export function encodeNotification(input: EventInput, bucket: string, now: number): OutgoingMessage {
  if (!('object' in input)) throw new Error(`The bucket ${bucket} takes objects only.`)
  const { key, size, etag } = input
  const created = input.object === 'created'
  const notification = {
    account: '3f4b7e3dcab231cbfdaa90a6a28bd548',
    action: created ? 'PutObject' : 'DeleteObject',
    bucket,
    // An object that is gone has neither size nor tag.
    object: created ? { key, size: size ?? 0, eTag: etag ?? 'd41d8cd98f00b204e9800998ecf8427e' } : { key },
    eventTime: new Date(now).toISOString(),
  }
  return { contentType: 'json', body: Buffer.from(JSON.stringify(notification)), delaySeconds: 0 }
}
