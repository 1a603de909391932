import { describe, expect, it } from 'vitest'

import { sampleReport } from '../testing/sample-report.ts'
import { renderMatrix } from './matrix.ts'

const text = renderMatrix(sampleReport())
const line = (start: string): string | undefined => text.split('\n').find((candidate) => candidate.startsWith(start))

describe('the matrix as text', () => {
  it('says how it went', () => {
    expect(text.split('\n')[0]).toBe('Isobar conformance  2 cases at 2 doors   pass 2  fail 1  declared 1   12.3 s')
  })

  it('has a row per clause that a case proves, the worst result in each cell', () => {
    expect(line('S2 ')).toMatch(/^S2 +cookies +○1 +✗1$/)
    expect(line('S10')).toMatch(/^S10 .*○1 +✗1$/)
    expect(line('R3 ')).toMatch(/^R3 +path +✓ +✓$/)
    expect(line('R4 ')).toBeUndefined()
  })

  it('counts per door, and says what is the vendor’s and what is a model', () => {
    expect(line('  1')).toMatch(/aws-lambda\/alb +1 +0 +1 +aws-lambda-ric 4\.0\.2$/)
    expect(line('  2')).toMatch(/google-cloud-functions +1 +1 +0 +@google-cloud\/functions-framework 5\.0\.5$/)
    expect(text).toContain('modelled: Application Load Balancer, Lambda Runtime API')
  })

  it('tells why something failed', () => {
    expect(text).toContain(
      '✗ http/set-cookie-keeps-every-value at google-cloud-functions\n    a=1 was lost\n    second line',
    )
  })

  it('fits into 120 columns', () => {
    const wide = renderMatrix(sampleReport({ reason: 'x'.repeat(500) }))
    expect(wide.split('\n').filter((candidate) => candidate.length > 120)).toEqual([])
  })

  it('is plain unless colour is asked for', () => {
    expect(text).not.toContain('\u001b')
    expect(renderMatrix(sampleReport(), { color: true })).toContain('\u001b[31m')
  })
})
