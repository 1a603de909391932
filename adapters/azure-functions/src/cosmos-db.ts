import {
  runEvents,
  type ChangeData,
  type ChangeValue,
  type EventApplication,
  type IncomingMessage,
} from '@isobar/core/adapter'
import {
  attemptOf,
  bindEvents,
  conclude,
  decoded,
  describeEvents,
  setAside,
  type EventHandler,
  type EventSettings,
} from './event-call.ts'
import { expectText, isRecord, textOf, unexpected } from './event-shape.ts'
import type { AzureEventContext } from './native.ts'

/**
 * The handler of a `changes()`: documents of the change feed in its default mode, which tells the latest state of what was
 * inserted or updated and no more. The feed goes on when the invocation has succeeded, or when its retry policy gives up,
 * which that of the registration never does: after `maxAttempts` what still fails is set aside here.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-cosmosdb-v2-trigger
 *
 * The registration asks for one document a call; those of one transaction come together all the same, and are tried
 * together.
 */
export function cosmosDb(application: EventApplication, settings: EventSettings): EventHandler {
  const fn = bindEvents(application, 'changes')
  const { maxAttempts = Infinity } = settings
  return async (trigger, context) => {
    if (!Array.isArray(trigger)) throw unexpected('What a Cosmos DB trigger gives', 'an array of documents', trigger)
    const call = describeEvents(trigger, context, settings)
    const attempt = attemptOf(context)
    const dead: unknown[] = []
    for (let rest: unknown[] = trigger; rest.length > 0;) {
      const documents = rest
      const result = await runEvents(fn, {
        ...call,
        messages: documents.map((document) => decoded(() => decode(document, context))),
        ordered: true,
        reject: (_, index) => void dead.push(documents[index]),
      })
      const failed = result.outcomes.findIndex(({ kind }) => kind === 'retry')
      if (failed === -1 || attempt < maxAttempts) {
        await conclude(result)
        break
      }
      await result.settle()
      dead.push(documents[failed])
      context.error(`A document was tried ${attempt} times and is set aside.`)
      // Those behind it have not been tried.
      rest = documents.slice(failed + 1)
    }
    if (dead.length > 0) setAside(context, settings, dead)
  }
}

/** Properties that Cosmos DB adds: https://learn.microsoft.com/azure/cosmos-db/resource-model#azure-cosmos-db-containers */
const systemProperties = new Set(['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn'])

/**
 * The key is the document's id. Which property is the partition key a document does not tell; it is among those of
 * `after`. Numbers are doubles in Cosmos DB itself, so none has lost digits here.
 */
function decode(document: unknown, context: AzureEventContext): IncomingMessage {
  if (!isDocument(document)) throw unexpected('A document of the change feed', 'an object', document)
  const id = expectText(document['id'], 'The id of a document')
  const sequence = textOf(document['_lsn'])
  const version = textOf(document['_etag'])?.replaceAll('"', '') ?? sequence ?? textOf(document['_ts'])
  const seconds = document['_ts']
  const data: ChangeData = {
    key: { id },
    after: Object.fromEntries(Object.entries(document).filter(([name]) => !systemProperties.has(name))),
  }
  return {
    // Ids are unique within a partition key only, resource ids within the account.
    id: `${textOf(document['_rid']) ?? id}:${expectText(version, 'The _etag of a document')}`,
    time: typeof seconds === 'number' ? seconds * 1000 : Date.now(),
    type: 'changes.upserted',
    payload: { value: data, raw: JSON.stringify(document) },
    delivery: { attempt: attemptOf(context), ...(sequence !== undefined && { sequence }) },
  }
}

/** What the library has parsed from JSON has values of JSON. */
function isDocument(value: unknown): value is Record<string, ChangeValue> {
  return isRecord(value)
}
