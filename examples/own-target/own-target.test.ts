import { plainNode } from '@isobar-examples/own-target/build'
import { plainNodeHost } from '@isobar-examples/own-target/host'
import { cases, renderMatrix, runConformance } from '@isobar/conformance'
import { expect, test } from 'vitest'

test('a target that is not Isobar’s own passes the suite by published entries alone', async () => {
  // C8 asks what comes after the end of a process; a plain one has no platform that would start it again.
  const asked = cases.filter(({ clauses }) => !clauses.includes('C8'))
  const report = await runConformance({
    targets: [plainNode()],
    hosts: [plainNodeHost],
    cases: asked,
    workDirectory: `${import.meta.dirname}/.isobar/conformance`,
  })
  expect(report.totals.fail, renderMatrix(report)).toBe(0)
  expect(report.totals.pass).toBeGreaterThan(100)
}, 120_000)
