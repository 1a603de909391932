import { join } from 'node:path'

import { awsLambda } from '@isobar/aws-lambda/build'
import { cloudRun } from '@isobar/cloud-run/build'
import type { Target } from '@isobar/compiler'
import type { Capabilities } from '@isobar/core'
import { describe, expect, it } from 'vitest'

import { cases } from '../cases/index.ts'
import type { ReportResult } from '../report/schema.ts'
import { runConformance } from '../runner/run-conformance.ts'
import type { HttpCase } from '../types.ts'
import { flaws, type Flaw } from './flaws.ts'
import { brokenTarget } from './target.ts'

/** What the suite must say of each mistake: these cases fail, and their neighbours do not. */
const caught: Readonly<Record<Flaw, { fails: HttpCase['id'][]; holds: HttpCase['id'][] }>> = {
  'loses-cookies': {
    fails: [
      'http/set-cookie-keeps-every-value',
      'http/set-cookie-keeps-every-value-of-a-stream',
      'http/set-cookie-keeps-every-value-of-a-redirect',
      'http/set-cookie-keeps-every-value-of-an-empty-answer',
      'http/set-cookie-of-one-name-and-two-paths-are-two',
    ],
    holds: ['http/response-text-is-exact'],
  },
  'joins-cookies': {
    fails: ['http/set-cookie-keeps-every-value', 'http/set-cookie-of-one-name-and-two-paths-are-two'],
    holds: ['http/response-text-is-exact'],
  },
  'decodes-the-query-twice': {
    fails: [
      'http/query-keeps-its-bytes',
      'http/query-plus-is-a-space',
      'http/query-is-decoded-once',
      'http/query-keeps-encoded-delimiters-in-a-value',
      'http/query-names-are-encoded-too',
    ],
    holds: ['http/query-keeps-every-value-of-a-name', 'http/path-keeps-an-encoded-percent-sign'],
  },
  'swallows-errors': {
    fails: [
      'http/handler-that-throws-is-a-500-problem',
      'http/handler-that-rejects-is-a-500-problem',
      'http/handler-that-throws-no-error-is-a-500-problem',
      'http/failure-is-logged-with-its-stack',
      'http/http-error-is-its-status-and-detail',
    ],
    holds: ['http/failure-tells-the-client-nothing', 'http/failure-leaves-the-next-request-alone'],
  },
  'shows-the-stack': {
    fails: ['http/failure-tells-the-client-nothing', 'http/handler-that-throws-is-a-500-problem'],
    holds: ['http/failure-leaves-the-next-request-alone'],
  },
  'forgets-wait-until': {
    fails: ['http/wait-until-work-is-finished', 'http/wait-until-takes-several-pieces-of-work'],
    holds: ['http/wait-until-takes-what-is-no-promise'],
  },
  'corrupts-answers': {
    fails: [
      'http/response-bytes-are-exact-under-every-type',
      'http/response-bytes-that-are-nearly-text-are-exact',
      'http/response-of-any-encoding-is-bytes',
    ],
    holds: ['http/set-cookie-keeps-every-value', 'http/body-bytes-arrive'],
  },
  'corrupts-requests': {
    fails: [
      'http/body-bytes-arrive',
      'http/body-that-is-compressed-arrives-compressed',
      'http/body-is-a-stream-of-its-bytes',
    ],
    holds: ['http/response-bytes-are-exact-under-every-type'],
  },
  'buffers-streams': {
    fails: ['http/stream-begins-before-its-last-part-is-made'],
    holds: ['http/response-bytes-are-exact-under-every-type'],
  },
  'trusts-the-client': {
    fails: ['http/client-address-cannot-be-forged'],
    holds: ['http/response-text-is-exact'],
  },
}

// Below this package, where the adapters are found.
const workDirectory = join(import.meta.dirname, '../../.isobar')

const officials: readonly Target[] = [cloudRun(), awsLambda({ frontDoor: 'function-url-streaming' })]

async function resultsOf(targets: readonly Target[], ids: readonly string[]): Promise<ReportResult[]> {
  const chosen = ids.map((id) => {
    const found = cases.find((testCase) => testCase.id === id)
    if (!found) throw new Error(`The suite has no case ${id} any more.`)
    return found
  })
  return (await runConformance({ targets, cases: chosen, workDirectory })).results
}

describe('an adapter with a mistake', () => {
  const names = Object.keys(flaws).filter((name): name is Flaw => name in caught)

  it.each(names)('that %s fails', async (flaw) => {
    const { fails, holds } = caught[flaw]
    const targets = officials.map((target) => brokenTarget(target, flaw))
    const results = await resultsOf(targets, [...fails, ...holds])
    for (const door of new Set(results.map((result) => result.door))) {
      const failed = results
        .filter((result) => result.door === door && result.result === 'fail')
        .map((result) => result.case)
      expect(failed, door).toEqual(fails)
    }
  })
})

describe('a target that lies about what it can', () => {
  const lying = (target: Target, lies: Partial<Capabilities>): Target => ({
    ...target,
    capabilities: { ...target.capabilities, ...lies },
  })

  it('fails where it claims what its door cannot', async () => {
    const target = lying(awsLambda({ frontDoor: 'http-api' }), { 'http.streaming': true })
    const [result] = await resultsOf([target], ['http/stream-begins-before-its-last-part-is-made'])
    expect(result).toMatchObject({ result: 'fail' })
  })

  it('fails where it declares absent what its door can', async () => {
    const absent = { absent: 'Several cookies are one.', because: 'platform', source: 'none' } as const
    const target = lying(cloudRun(), { 'http.setCookieMany': absent })
    const [result] = await resultsOf([target], ['http/set-cookie-keeps-every-value'])
    expect(result).toMatchObject({ result: 'fail', reason: expect.stringContaining('declared too much') })
  })
})
