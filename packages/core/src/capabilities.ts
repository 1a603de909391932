/**
 * What a front door may be unable to do. The record of a target is total: a new key here breaks every adapter's
 * compile until it answers. `true` means that the clause of the HTTP profile holds; an absence names its reason and
 * where that is documented, and the conformance suite then asserts the declared behaviour instead.
 */
export const capabilityKeys = [
  /** R1: an unusual but legal method (PROPFIND, PURGE) reaches the handler. */
  'http.anyMethod',
  /** R2: the host in `request.url` is vouched for by the platform, not read from the client's Host header. */
  'http.trustedHost',
  /** R3: the path arrives as the client's bytes. */
  'http.rawPath',
  /** R3: an escaped percent sign (`%25`) in the path is still one when the handler sees it: nothing is decoded twice. */
  'http.escapedPercent',
  /** R4: the query arrives as the client's bytes, in the client's order. */
  'http.rawQuery',
  /** R4: a repeated query name keeps all its values. */
  'http.repeatedQuery',
  /** R6: a repeated request header keeps all its values. */
  'http.repeatedHeaders',
  /** R7: a body under a text type arrives as the client's bytes even when it is not valid UTF-8. */
  'http.rawText',
  /** R7: the body arrives as the client's bytes: not inflated, parsed or refused ahead of the handler. */
  'http.rawBody',
  /** R7: a request without content-length keeps its body. */
  'http.chunkedRequest',
  /** S2: several Set-Cookie headers reach the client. */
  'http.setCookieMany',
  /** S2: Set-Cookie values reach the client unchanged when there are several. */
  'http.setCookieRaw',
  /** S6: an answer to HEAD keeps the handler's content-length. */
  'http.headContentLength',
  /** S9: the first chunk reaches the client before the last one is produced. */
  'http.streaming',
  /** S9: an answer that fails after its first byte does not look complete to the client. */
  'http.streamAbort',
  /** S11: the source stream is cancelled when the client goes away. */
  'http.clientGone',
  /** S11: a client that does not read makes the source stream wait. */
  'http.backPressure',
  /** S14: `www-authenticate` of the handler reaches the client under its own name. */
  'http.authenticateHeader',
  /** S14: `date` and `server` of the handler reach the client under their own names and with their values. */
  'http.serverHeaders',
  /** C1: work given to waitUntil goes on after the client has its answer. */
  'http.waitUntilAfterResponse',
  /** C6: `context.trace.parent` is the client's own traceparent, not a span that the platform put in its place. */
  'http.traceParent',
  /** C8: the process goes on after a rejection that nobody handles. */
  'process.survivesFault',
  /** C9: when a module throws while it loads, the client gets the problem+json answer and not the platform's own error. */
  'process.moduleError',
  /** `queue()` is offered. */
  'queue',
  /** A message that fails comes again alone, not the others of its batch with it. */
  'queue.retryOne',
  /** `Retry.after(seconds)` is kept. */
  'queue.delay',
  /** `ordered: true`: messages with one ordering key come one after the other. */
  'queue.ordered',
  /** Messages have attributes beside their data, so that a CloudEvent may come in binary mode. */
  'queue.attributes',
  /** Any bytes may be the data of a message, not only text. */
  'queue.bytes',
  /** `bytes()` of a JSON message is what its sender wrote, to the last space and digit. */
  'queue.exactJson',
  /** A message may be empty. */
  'queue.empty',
  /** A message may have 128 kB. */
  'queue.128kB',
  /** A rejected message goes where the platform itself puts those that were tried too often. */
  'queue.deadLetter',
  /** `topic()` is offered: each of several functions gets every message. */
  'topic',
  /** `Retry.after(seconds)` is kept. */
  'topic.delay',
  /** Messages have attributes beside their data. */
  'topic.attributes',
  /** Any bytes may be the data of a message, not only text. */
  'topic.bytes',
  /** A rejected message goes where the platform itself puts those that were tried too often. */
  'topic.deadLetter',
  /** `schedule()` is offered. */
  'schedule',
  /** `timeZone` is kept. */
  'schedule.timeZone',
  /** A tick that fails comes again. */
  'schedule.retry',
  /** `storage()` is offered. */
  'storage',
  /** `stream()` is offered: records in order within their partition. */
  'stream',
  /** `changes()` is offered. */
  'changes',
  /** Changes of one record come in order: one that fails holds those behind it. */
  'changes.ordered',
  /** Deletions are told. */
  'changes.deleted',
  /** An update tells the record as it was before. */
  'changes.before',
  /** A number that a double cannot hold keeps its digits. */
  'changes.bigNumbers',
  /** An insertion is told from an update. */
  'changes.inserted',
  /** `event()` is offered. */
  'event',
  /** A custom event that is sent as a CloudEvent keeps its own id, time, subject and extension attributes. */
  'event.identity',
] as const

/** `kind.ability`: `http.streaming`. */
export type CapabilityKey = (typeof capabilityKeys)[number]

/** What is about events. */
export type EventCapabilityKey = Exclude<CapabilityKey, `http.${string}` | `process.${string}`>

/** Why something is absent: a sentence for the user, who sets the limit, and the page or issue that says so. */
export interface Absence {
  absent: string
  /** Is it the vendor's platform that cannot, or only the engine that stands for it on a developer's machine? */
  because: 'platform' | 'local engine'
  source: string
}

/** The part of a target's answers that is about events. */
export type EventCapabilities = Record<EventCapabilityKey, true | Absence>

/** A target's answer to every key: true, or why not. */
export type Capabilities = Record<CapabilityKey, true | Absence>
