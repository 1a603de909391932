import type { collectOutcome, FunctionError } from '../invocation.ts'
import { isObject } from './values.ts'

/** How an invocation came out, as a whole. */
export type WholeOutcome = Awaited<ReturnType<typeof collectOutcome>>

/** What of a batch has failed, and what is said of it. */
export type BatchFailures = { all: true; error: string } | { all: false; failed: ReadonlySet<string> }

const none: BatchFailures = { all: false, failed: new Set() }

/**
 * What a function's answer says of its batch. Whatever is not exactly in the form of a report fails the batch as a whole:
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 *
 * @param reports whether the mapping has ReportBatchItemFailures; without it the answer is ignored.
 * @param identifiers of the batch.
 */
export function batchFailures(
  outcome: WholeOutcome,
  reports: boolean,
  identifiers: ReadonlySet<string>,
): BatchFailures {
  if (outcome.kind === 'error') return { all: true, error: errorText(outcome.payload) }
  if (!reports) return none
  let answer: unknown
  try {
    answer = JSON.parse(Buffer.from(outcome.body).toString())
  } catch {
    return { all: true, error: 'The answer is no JSON.' }
  }
  if (answer === null) return none
  if (!isObject(answer)) return { all: true, error: 'The answer is no object with batchItemFailures.' }
  const items = answer['batchItemFailures'] ?? []
  if (!Array.isArray(items)) return { all: true, error: 'batchItemFailures is no list.' }
  const failed = items.map((item: unknown) => (isObject(item) ? item['itemIdentifier'] : undefined))
  const unknown = failed.find((identifier) => typeof identifier !== 'string' || !identifiers.has(identifier))
  if (failed.length > 0 && (unknown !== undefined || failed.includes(undefined))) {
    return {
      all: true,
      error: `batchItemFailures has the itemIdentifier ${JSON.stringify(unknown)}, which is none of the batch.`,
    }
  }
  return { all: false, failed: new Set(failed.map(String)) }
}

/** What a runtime said of an invocation that failed: `Error: boom`. */
export function errorText(payload: Uint8Array): string {
  const text = Buffer.from(payload).toString()
  try {
    const { errorType, errorMessage }: Partial<FunctionError> = JSON.parse(text)
    return `${errorType}: ${errorMessage}`
  } catch {
    return text
  }
}
