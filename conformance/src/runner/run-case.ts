import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

import { capabilityKeys } from '@isobar/core'
import type { Absence, Capabilities, CapabilityKey } from '@isobar/core'

import type { ReportExchange, ReportResult } from '../report/schema.ts'
import type { CaseOf } from '../types.ts'

/** How long a case may take, and after it the assertion of declared behaviour, in milliseconds. */
export const caseLimitMs = 5000

/** Characters that a passed case keeps of what it sent, and of what came back. */
const passLength = 600

export type CaseResult = Omit<ReportResult, 'case' | 'door'> & {
  /** Its time was up, so that something of it may still go on in the runtime. */
  cut: boolean
}

interface Attempt {
  error?: unknown
  failed: boolean
  cut: boolean
  request: string
  got: string
}

/** What a case acts on, for one attempt. */
export interface OpenHarness<Harness> {
  harness: Harness
  /** What went over the wire so far. */
  text(): { request: string; got: string }
  /**
   * Ends what the case left open, and makes everything that it still tries fail.
   *
   * @returns whether the runtime is as it was: false when something of the case goes on in it.
   */
  close(): Promise<boolean>
}

/**
 * Runs one case at one door and judges it. Never rejects.
 *
 * @param open makes the harness of an attempt.
 */
export async function runCase<Harness>(
  testCase: CaseOf<string, Harness>,
  capabilities: Capabilities,
  open: () => OpenHarness<Harness>,
  limitMs: number = caseLimitMs,
): Promise<CaseResult> {
  const began = performance.now()
  const statement = statementOf(testCase)
  const absences = absentNeeds(testCase, capabilities)
  const run = await attempt(testCase.run, open, limitMs)
  const exchange = { request: run.request, expected: statement, got: run.got }
  const ms = (): number => Math.round(performance.now() - began)
  const [first] = absences

  if (!run.failed) {
    if (first === undefined) return { result: 'pass', ms: ms(), exchange: shortened(exchange), cut: run.cut }
    const keys = absences.map(({ key }) => `'${key}'`).join(', ')
    const reason = `declared too much: the case passes although the door declares ${keys} absent (${first.absence.absent})`
    return { result: 'fail', reason, ms: ms(), exchange, cut: run.cut }
  }
  if (first === undefined) {
    return { result: 'fail', ms: ms(), cut: run.cut, ...failure(run, statement) }
  }
  const declared = await attempt(first.check, open, limitMs)
  const cut = run.cut || declared.cut
  if (declared.failed) {
    const text = failure(declared, `${statement}; as declared: ${first.absence.absent}`)
    const reason = `not what the absence of '${first.key}' declares: ${text.reason}`
    return { result: 'fail', ms: ms(), cut, exchange: text.exchange, reason }
  }
  return {
    result: 'declared',
    reason: `${first.key} (${first.absence.because}): ${first.absence.absent} ${first.absence.source}`,
    ms: ms(),
    exchange: { request: declared.request, expected: `as declared: ${first.absence.absent}`, got: declared.got },
    cut,
  }
}

/** The case's id read as a sentence. */
function statementOf(testCase: { id: string }): string {
  return testCase.id.slice(testCase.id.indexOf('/') + 1).replaceAll('-', ' ')
}

function absentNeeds<Harness>(
  testCase: CaseOf<string, Harness>,
  capabilities: Capabilities,
): { key: CapabilityKey; check: (harness: Harness) => Promise<void>; absence: Absence }[] {
  const needs = testCase.needs ?? {}
  return Object.keys(needs).flatMap((name) => {
    const key = capabilityKeys.find((known) => known === name)
    const check = key && needs[key]
    if (!key || !check) return []
    const absence = capabilities[key]
    return absence === true ? [] : [{ key, check, absence }]
  })
}

async function attempt<Harness>(
  check: (harness: Harness) => Promise<void>,
  open: () => OpenHarness<Harness>,
  limitMs: number,
): Promise<Attempt> {
  const { harness, text, close } = open()
  const late = Promise.withResolvers<'cut'>()
  const timer = setTimeout(() => late.resolve('cut'), limitMs)
  const outcome = await Promise.race([
    Promise.resolve()
      .then(() => check(harness))
      .then(
        () => ({ failed: false, cut: false }),
        (error: unknown) => ({ failed: true, cut: false, error }),
      ),
    late.promise,
  ])
  clearTimeout(timer)
  const seen = text()
  const clean = await close()
  if (outcome !== 'cut') return { ...outcome, cut: !clean, ...seen }
  return { failed: true, cut: true, error: new Error(`The case was cut after ${limitMs} ms.`), ...seen }
}

function failure(run: Attempt, statement: string): Required<Pick<ReportResult, 'reason' | 'exchange'>> {
  const { error, request, got } = run
  const reason = error instanceof Error ? error.message : String(error)
  if (!(error instanceof AssertionError)) return { reason, exchange: { request, expected: statement, got } }
  return {
    reason,
    exchange: {
      request,
      expected: `${statement}\n\n${error.operator} ${valueText(error.expected)}`,
      got: `${got}\n\nasserted value: ${valueText(error.actual)}`,
    },
  }
}

/** Most results are passes, and a report of thousands of them shall still be quick to open. */
function shortened(exchange: ReportExchange): ReportExchange {
  const cut = (text: string): string => (text.length > passLength ? `${text.slice(0, passLength)}…` : text)
  return { request: cut(exchange.request), expected: exchange.expected, got: cut(exchange.got) }
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : inspectValue(value)
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text
}

function inspectValue(value: unknown): string {
  return inspect(value, { depth: 4, maxArrayLength: 64, maxStringLength: 1000, breakLength: 100 })
}
