import type { Report, ReportResult } from './schema.ts'
import { countOutcomes } from './schema.ts'

/** JUnit XML: a suite per front door, a test case per case. A declared one passes, and carries its reason as a property. */
export function toJUnit(report: Report): string {
  const suites = report.doors.map((door) => {
    const results = report.results.filter((result) => result.door === door.id)
    const { fail } = countOutcomes(results)
    const attributes = `name="${escape(door.id)}" tests="${results.length}" failures="${fail}" errors="0" skipped="0"`
    const time = seconds(results.reduce((sum, result) => sum + result.ms, 0))
    return [
      `  <testsuite ${attributes} time="${time}" timestamp="${escape(report.startedAt)}">`,
      `    <properties>`,
      property('platform', door.platform),
      property('runtime', `${door.runtime.name} ${door.runtime.version}`.trim()),
      property('front', door.front),
      `    </properties>`,
      ...results.map(testCase),
      `  </testsuite>`,
    ].join('\n')
  })
  const { pass, fail, declared } = report.totals
  const attributes = `name="isobar conformance" tests="${pass + fail + declared}" failures="${fail}" errors="0" skipped="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes} time="${seconds(report.durationMs)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(result: ReportResult): string {
  const open = `    <testcase classname="${escape(result.door)}" name="${escape(result.case)}" time="${seconds(result.ms)}"`
  if (result.result === 'pass') return `${open}/>`
  const reason = result.reason ?? ''
  if (result.result === 'declared') {
    return `${open}>\n      <properties><property name="declared" value="${escape(reason)}"/></properties>\n    </testcase>`
  }
  const exchange = result.exchange
  const text = exchange
    ? `${reason}\n\nrequest\n${exchange.request}\n\nexpected\n${exchange.expected}\n\ngot\n${exchange.got}`
    : reason
  const [summary = ''] = reason.split('\n')
  return `${open}>\n      <failure message="${escape(summary)}">${escape(text)}</failure>\n    </testcase>`
}

function property(name: string, value: string): string {
  return `      <property name="${name}" value="${escape(value)}"/>`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // As they stand, a parser would make spaces of them in an attribute.
  '\n': '&#10;',
  '\t': '&#9;',
}

/** Characters that XML 1.0 cannot carry at all become U+FFFD: https://www.w3.org/TR/xml/#charsets */
function escape(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- they are what is replaced
      .replace(/[\x00-\x08\x0b-\x1f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"'\n\t]/g, (char) => entities[char] ?? char)
  )
}
