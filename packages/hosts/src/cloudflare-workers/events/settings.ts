import type { Json } from '../json.ts'

/** What the deployment of a Worker says of the events that it takes and sends. */
export interface EventSettings {
  consumers: ConsumerSettings[]
  producers: ProducerSettings[]
  /** Cron expressions in Cloudflare's own form. */
  crons: string[]
}

/** With production's defaults in place. https://developers.cloudflare.com/queues/configuration/configure-queues/ */
export interface ConsumerSettings {
  queue: string
  maxBatchSize: number
  /** Seconds that a message waits at most until a batch is full. */
  maxBatchTimeout: number
  maxRetries: number
  /** Without one, a message that was retried too often is deleted. */
  deadLetterQueue?: string
  /** Seconds that a retried message waits for, unless the retry itself says. */
  retryDelay: number
  maxConcurrency: number
}

export interface ProducerSettings {
  binding: string
  queue: string
  /** Seconds that a message waits for, unless the send itself says. */
  deliveryDelay: number
}

type Fields = Partial<Record<string, Json>>

/** https://developers.cloudflare.com/queues/platform/limits/ */
const maxDelay = 86_400

/**
 * Reads `queues` and `triggers` of `wrangler.jsonc`.
 *
 * @param file names it in errors.
 * @throws Error for what Cloudflare would refuse: a name that is missing, a number out of its limits.
 */
export function readEventSettings(configuration: Fields, file: string): EventSettings {
  const queues = fieldsOf(configuration['queues'])
  return {
    consumers: listOf(queues['consumers']).map((entry, index) =>
      consumer(entry, `${file}: queues.consumers[${index}]`),
    ),
    producers: listOf(queues['producers']).map((entry, index) => {
      const where = `${file}: queues.producers[${index}]`
      return {
        binding: name(entry, 'binding', where),
        queue: name(entry, 'queue', where),
        deliveryDelay: number(entry, 'delivery_delay', { least: 0, most: maxDelay, otherwise: 0 }, where),
      }
    }),
    crons: crons(fieldsOf(configuration['triggers'])['crons']),
  }
}

function consumer(entry: Fields, where: string): ConsumerSettings {
  const dead = entry['dead_letter_queue']
  return {
    queue: name(entry, 'queue', where),
    maxBatchSize: number(entry, 'max_batch_size', { least: 1, most: 100, otherwise: 10 }, where),
    maxBatchTimeout: number(entry, 'max_batch_timeout', { least: 0, most: 60, otherwise: 5 }, where),
    maxRetries: number(entry, 'max_retries', { least: 0, most: 100, otherwise: 3 }, where),
    retryDelay: number(entry, 'retry_delay', { least: 0, most: maxDelay, otherwise: 0 }, where),
    maxConcurrency: number(entry, 'max_concurrency', { least: 1, most: 250, otherwise: 250 }, where),
    ...(typeof dead === 'string' && { deadLetterQueue: dead }),
  }
}

function crons(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((cron) => typeof cron === 'string') : []
}

function name(entry: Fields, key: string, where: string): string {
  const value = entry[key]
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`${where} has no "${key}".`)
}

function number(
  entry: Fields,
  key: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
  where: string,
): number {
  const value = entry[key]
  if (value === undefined || value === null) return otherwise
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`${where} has "${key}": ${JSON.stringify(value)}; it may be a whole number from ${least} to ${most}.`)
}

function listOf(value: Json | undefined): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function fieldsOf(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}
