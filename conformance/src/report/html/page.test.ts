import { describe, expect, it } from 'vitest'

import { sampleReport } from '../../testing/sample-report.ts'
import { toHtml } from './page.ts'

describe('the page', () => {
  it('loads nothing, and may not', () => {
    const html = toHtml(sampleReport())
    expect(html).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"`,
    )
    expect(html.match(/\b(?:src|href|action)="[^"]*"/g)).toEqual([
      expect.stringMatching(/^href="data:image/),
      'href="#matrix"',
    ])
    expect(html).not.toMatch(/@import|url\(/)
  })

  it('has a cell per clause and door, told in words as well', () => {
    const html = toHtml(sampleReport())
    expect(html).toContain('aria-label="S2 cookies at google-cloud-functions: 1 fail"')
    expect(html).toContain('aria-label="S2 cookies at aws-lambda/alb: 1 declared"')
    expect(html).toContain('aria-label="http/path-keeps-an-encoded-slash at aws-lambda/alb holds"')
  })

  it('says what fails in its title and heading', () => {
    expect(toHtml(sampleReport())).toContain('<title>1 failed, Isobar conformance</title>')
    expect(toHtml(sampleReport())).toContain('1 of 2 cases does not hold everywhere')
    expect(toHtml({ ...sampleReport(), totals: { pass: 4, fail: 0, declared: 0 } })).toContain(
      '<title>Isobar conformance</title>',
    )
  })

  it('has the whole report in it, and nothing of it as markup', () => {
    const reason = '</script><img src=x onerror=alert(1)>'
    const report = sampleReport({ reason, door: 'google-cloud-functions' })
    const html = toHtml(report)
    expect(html).not.toContain(reason)
    const [, json = ''] = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(html) ?? []
    expect(JSON.parse(json)).toEqual(report)
  })

  it('has a script that needs nothing from outside of itself', () => {
    const [, script = ''] = /<script>\((.*)\)\(\)<\/script>/s.exec(toHtml(sampleReport())) ?? []
    // Helpers that a bundler puts beside a function are not in its source text.
    expect(script).not.toMatch(/__\w+\(|__vite|_\$/)
    expect(() => new Function(`return ${script}`)).not.toThrow()
  })
})
