import { describe, expect, it } from 'vitest'

import { sampleReport } from '../testing/sample-report.ts'
import { toJUnit } from './junit.ts'

describe('JUnit XML', () => {
  it('has a suite per door and a test case per case', () => {
    const xml = toJUnit(sampleReport())
    expect(xml).toContain(
      '<testsuites name="isobar conformance" tests="4" failures="1" errors="0" skipped="0" time="12.345">',
    )
    expect(xml).toContain(
      '<testsuite name="google-cloud-functions" tests="2" failures="1" errors="0" skipped="0" time="1.501"',
    )
    expect(xml.match(/<testcase /g)).toHaveLength(4)
    expect(xml.match(/<failure /g)).toHaveLength(1)
  })

  it('passes what is declared, with the reason', () => {
    expect(toJUnit(sampleReport())).toContain(
      '<property name="declared" value="http.setCookieMany (platform): It carries one."/>',
    )
    expect(toJUnit(sampleReport())).not.toContain('<skipped')
  })

  it('has the exchange of a failure, and its first line as message', () => {
    const xml = toJUnit(sampleReport())
    expect(xml).toContain('<failure message="a=1 was lost">')
    expect(xml).toContain('GET /a%2Fb')
  })

  it('escapes what XML has a meaning for, and what it cannot hold', () => {
    const xml = toJUnit(sampleReport({ reason: `<a b="c">&'\u0000\ud800` }))
    expect(xml).toContain('message="&lt;a b=&quot;c&quot;&gt;&amp;&apos;\ufffd\ufffd"')
  })
})
