import { eventKinds, type EventKind, type EventTriggers, subjectOf } from '@isobar/core/adapter'

/** What a call can define. */
export type FunctionKind = 'http' | EventKind

export const functionKinds: readonly FunctionKind[] = ['http', ...eventKinds]

export interface TriggerOption {
  /** What it may be, in words. */
  expected: string
  holds(value: unknown): boolean
  /** It is for the run time: the compiler does not read it. */
  opaque?: boolean
}

const text = (expected: string): TriggerOption => ({
  expected,
  holds: (value) => typeof value === 'string' && value !== '',
})
const oneOf = (...values: readonly string[]): TriggerOption => ({
  expected: values.map((value) => `'${value}'`).join(values.length === 2 ? ' or ' : ', '),
  holds: (value) => typeof value === 'string' && values.includes(value),
})
const count = (what: string): TriggerOption => ({
  expected: `${what}, a whole number, 1 or more`,
  holds: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1,
})

const common: Record<string, TriggerOption> = {
  name: text('a name in kebab-case'),
  timeoutMs: {
    expected: 'a number of milliseconds over 0',
    holds: (value) => typeof value === 'number' && value > 0,
  },
}
const attempts: Record<string, TriggerOption> = {
  maxAttempts: count('how often an event is tried'),
  concurrency: count('how many events run side by side'),
  batchSize: count('how many events one call hands over'),
}
const data: Record<string, TriggerOption> = {
  data: oneOf('json', 'text', 'bytes'),
  invalid: oneOf('reject', 'retry'),
  schema: { expected: 'a Standard Schema', holds: () => true, opaque: true },
}

/** The options of each kind: what it listens to first. */
export const triggerOptions: Readonly<Record<FunctionKind, Readonly<Record<string, TriggerOption>>>> = {
  http: {
    route: text("a route such as '/orders/:id'"),
    method: {
      expected: "a method or an array of methods, such as 'GET' or ['GET', 'POST']",
      holds: (value) => isText(value) || (Array.isArray(value) && value.every(isText)),
    },
    ...common,
    maxBodyBytes: {
      expected: 'a number of bytes, 0 or more',
      holds: (value) => typeof value === 'number' && value >= 0,
    },
    deploy: oneOf('own', 'shared'),
  },
  queue: {
    queue: text('the name of a queue'),
    ...common,
    ...attempts,
    ...data,
    ordered: { expected: 'true or false', holds: (value) => typeof value === 'boolean' },
  },
  topic: { topic: text('the name of a topic'), ...common, ...attempts, ...data },
  schedule: {
    cron: text("a schedule such as '0 9 * * MON-FRI'"),
    timeZone: { expected: "the IANA name of a time zone, such as 'Europe/Zurich'", holds: isTimeZone },
    ...common,
  },
  storage: {
    bucket: text('the name of a bucket'),
    on: oneOf('created', 'deleted'),
    ...common,
    ...attempts,
  },
  stream: { stream: text('the name of a stream'), ...common, ...attempts, ...data },
  changes: {
    table: text('the name of a table'),
    numbers: oneOf('string', 'bigint'),
    ...common,
    ...attempts,
  },
  event: { type: text("an event's type, such as 'com.example.order.placed'"), ...common, ...attempts, ...data },
}

/** What the string form of a trigger sets. */
export const subjectOption: Readonly<Record<FunctionKind, string>> = { http: 'route', ...subjectOf }

/** A right trigger of each kind, for whoever wrote a wrong one. */
export const triggerExamples: Readonly<Record<FunctionKind, string>> = {
  http: "http('GET /orders/:id', async (request, context) => Response.json({ id: context.params.id }))",
  queue: "queue('orders', async (message) => { … })",
  topic: "topic('prices', async (message) => { … })",
  schedule: "schedule('0 9 * * MON-FRI', async (tick) => { … })",
  storage: "storage('uploads', async (object) => { … })",
  stream: "stream('clicks', async (record) => { … })",
  changes: "changes('users', async (change) => { … })",
  event: "event('com.example.order.placed', async (event) => { … })",
}

type Values = Readonly<Record<string, unknown>>

/** The facts of a trigger of values that the table above has accepted. */
export const makeTrigger: { readonly [Kind in EventKind]: (values: Values) => EventTriggers[Kind] } = {
  queue: (values) => ({
    queue: textOf(values, 'queue'),
    ...(values['ordered'] === true && { ordered: true }),
    ...attemptsOf(values),
    ...dataOf(values),
    ...commonOf(values),
  }),
  topic: (values) => ({
    topic: textOf(values, 'topic'),
    ...attemptsOf(values),
    ...dataOf(values),
    ...commonOf(values),
  }),
  schedule: (values) => ({
    cron: textOf(values, 'cron'),
    ...(isText(values['timeZone']) && values['timeZone'] !== 'UTC' && { timeZone: values['timeZone'] }),
    ...commonOf(values),
  }),
  storage: ({ on, ...values }) => ({
    bucket: textOf(values, 'bucket'),
    ...((on === 'created' || on === 'deleted') && { on }),
    ...attemptsOf(values),
    ...commonOf(values),
  }),
  stream: (values) => ({
    stream: textOf(values, 'stream'),
    ...attemptsOf(values),
    ...dataOf(values),
    ...commonOf(values),
  }),
  changes: ({ numbers, ...values }) => ({
    table: textOf(values, 'table'),
    ...((numbers === 'string' || numbers === 'bigint') && { numbers }),
    ...attemptsOf(values),
    ...commonOf(values),
  }),
  event: (values) => ({
    type: textOf(values, 'type'),
    ...attemptsOf(values),
    ...dataOf(values),
    ...commonOf(values),
  }),
}

function textOf(values: Values, key: string): string {
  const value = values[key]
  return typeof value === 'string' ? value : ''
}

function commonOf({ timeoutMs }: Values): { timeoutMs?: number } {
  return { ...(typeof timeoutMs === 'number' && { timeoutMs }) }
}

function attemptsOf({ maxAttempts, concurrency, batchSize }: Values): {
  maxAttempts?: number
  concurrency?: number
  batchSize?: number
} {
  return {
    ...(typeof maxAttempts === 'number' && { maxAttempts }),
    ...(typeof concurrency === 'number' && { concurrency }),
    ...(typeof batchSize === 'number' && { batchSize }),
  }
}

function dataOf({ data: format, invalid }: Values): Pick<EventTriggers['queue'], 'data' | 'invalid'> {
  return {
    ...((format === 'json' || format === 'text' || format === 'bytes') && { data: format }),
    ...((invalid === 'reject' || invalid === 'retry') && { invalid }),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isTimeZone(value: unknown): boolean {
  if (!isText(value)) return false
  try {
    Intl.DateTimeFormat('en', { timeZone: value })
    // An offset is accepted too, but no platform takes one.
    return !/^[+-]/.test(value)
  } catch {
    return false
  }
}
