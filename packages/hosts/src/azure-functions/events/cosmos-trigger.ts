import { createHash } from 'node:crypto'

import type { Clock } from '../../events/clock.ts'
import type { Records } from '../../events/records.ts'
import type { ChangeInput, DeliveryRecord, RecordValue, SourceName } from '../../events/types.ts'
import { runBatch } from './batch.ts'
import type { EventFunction } from './event-function.ts'
import type { Invoker, TriggerInput } from './invoker.ts'

export interface CosmosOptions {
  source: SourceName
  fn: EventFunction
  invoker: Invoker
  clock: Clock
  records: Records
}

export interface CosmosTrigger {
  /** A change of an item; a deletion is not told. */
  send(change: ChangeInput, id: string): void
}

interface Changed {
  id: string
  document: Record<string, RecordValue>
  record: DeliveryRecord
}

/** The change feed gives pages of so many: https://learn.microsoft.com/azure/cosmos-db/nosql/change-feed-processor */
const defaultPage = 100

/**
 * The trigger of Azure's extension on the change feed in its default mode, `LatestVersion`: every item that was written, in
 * its order, without deletions. The lease goes on after each batch, also after one that failed: `ProcessChangesAsync` of
 * https://github.com/Azure/azure-webjobs-sdk-extensions/blob/dev/src/WebJobs.Extensions.CosmosDB/Trigger/CosmosDBTriggerListener.cs
 *
 * @throws Error for another mode.
 */
export function listenToCosmos(options: CosmosOptions): CosmosTrigger {
  const { source, fn, clock, records } = options
  const {
    changeFeedMode,
    maxItemsPerInvocation = defaultPage,
    containerName = '',
    databaseName = '',
  } = fn.trigger.binding
  if (changeFeedMode !== undefined && changeFeedMode.toLowerCase() !== 'latestversion') {
    throw new Error(`The function ${fn.name} has the change feed mode ${changeFeedMode}; this host has LatestVersion.`)
  }
  const container = resourceId(`${databaseName}/${containerName}`, 8)
  const waiting: Changed[] = []
  let lsn = 0
  let busy = false

  const receive = (): void => {
    if (busy || waiting.length === 0) return
    busy = true
    clock.at(clock.now(), () => {
      const batch = page(waiting, maxItemsPerInvocation)
      const input: TriggerInput = {
        data: { string: JSON.stringify(batch.map(({ document }) => document)) },
        bindingData: {},
      }
      return runBatch(
        options,
        batch.map(({ record }) => record),
        () => input,
        () => {
          busy = false
          receive()
        },
      )
    })
  }
  return {
    send(change, deliveryId) {
      if (change.change === 'deleted') return
      lsn += 1
      const item = plain({ ...change.after, ...change.key })
      const id = typeof item['id'] === 'string' ? item['id'] : idOf(change.key)
      const rid = `${container}${resourceId(id, 8)}`
      const document = {
        ...item,
        id,
        _rid: rid,
        _self: `dbs/${databaseName}/colls/${containerName}/docs/${rid}/`,
        _etag: `"${createHash('md5').update(`${id} ${lsn}`).digest('hex')}"`,
        _attachments: 'attachments/',
        _ts: Math.floor(clock.now() / 1000),
        _lsn: lsn,
      }
      waiting.push({ id, document, record: records.sent(source, fn.name, deliveryId) })
      receive()
    },
  }
}

/** As many as a page has; an item is in it once, since a read finds its latest version. */
function page(waiting: Changed[], limit: number): Changed[] {
  const ids = new Set<string>()
  let size = 0
  for (const { id } of waiting) {
    if (ids.has(id) || size === limit) break
    ids.add(id)
    size += 1
  }
  return waiting.splice(0, size)
}

function idOf(key: ChangeInput['key']): string {
  return Object.values(key).map(String).join('|')
}

/** Numbers are doubles: https://learn.microsoft.com/azure/cosmos-db/nosql/query/constants */
function plain(record: Record<string, RecordValue>): Record<string, RecordValue> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, plainValue(value)]))
}

function plainValue(value: RecordValue): RecordValue {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plainValue)
  return typeof value === 'object' && value !== null ? plain(value) : value
}

function resourceId(text: string, length: number): string {
  return createHash('md5').update(text).digest('base64url').slice(0, length)
}
