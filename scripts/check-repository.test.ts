import { expect, test } from 'vitest'

import {
  ownPlaces,
  platformNames,
  runtimeDependencies,
  shipped,
  sizes,
  suppressions,
  type Finding,
} from './check-repository.ts'

const file = (path: string, text: string): { path: string; text: string }[] => [{ path, text }]
const found = (findings: Finding[]): string[] => findings.map(({ path }) => path)

test('sizes: 200 lines for an adapter, 300 elsewhere, tests aside', () => {
  const lines = (count: number): string => 'x\n'.repeat(count)
  expect(found(sizes(file('adapters/a/src/x.ts', lines(201)), []))).toEqual(['adapters/a/src/x.ts'])
  expect(found(sizes(file('adapters/a/src/x.ts', lines(200)), []))).toEqual([])
  expect(found(sizes(file('packages/a/src/x.ts', lines(301)), []))).toEqual(['packages/a/src/x.ts'])
  expect(found(sizes(file('packages/a/src/x.test.ts', lines(900)), []))).toEqual([])
})

test('runtimeDependencies: core has none, an adapter only core, compiler and what runs in production', () => {
  const member = (folder: string, name: string, ...dependencies: string[]) => [
    { folder, manifest: { name, dependencies: Object.fromEntries(dependencies.map((key) => [key, '1'])) } },
  ]
  expect(runtimeDependencies([], member('packages/core', '@isobar/core', 'ms'))).toHaveLength(1)
  expect(
    runtimeDependencies([], member('adapters/aws-lambda', '@isobar/aws-lambda', '@isobar/core', 'ms')),
  ).toHaveLength(1)
  expect(
    runtimeDependencies([], member('adapters/azure-functions', '@isobar/azure-functions', '@azure/functions')),
  ).toEqual([])
  expect(runtimeDependencies([], member('adapters/cloud-run', '@isobar/cloud-run', '@azure/functions'))).toHaveLength(1)
})

test('ownPlaces: a path of a machine and a registry are found, ordinary text is not', () => {
  expect(ownPlaces(file('a.md', 'see /home/someone/x'), [])).toHaveLength(1)
  expect(ownPlaces(file('pnpm-lock.yaml', 'resolution: {tarball: https://x/y.tgz}'), [])).toHaveLength(1)
  expect(ownPlaces(file('a.ts', "import x from '../work/y.ts' // GET /homepage"), [])).toEqual([])
})

test('suppressions: the compiler is never silenced, a lint rule only with a reason', () => {
  expect(found(suppressions(file('a.ts', 'ok\nconst x = y as unknown as Z'), []))).toEqual(['a.ts:2'])
  expect(suppressions(file('a.ts', '// @ts-ignore'), [])).toHaveLength(1)
  expect(suppressions(file('a.ts', '// oxlint-disable-next-line no-console'), [])).toHaveLength(1)
  expect(suppressions(file('a.ts', '// oxlint-disable-next-line no-console -- the CLI prints'), [])).toEqual([])
})

test('platformNames: core and cases know no platform, but may cite a page', () => {
  expect(platformNames(file('packages/core/src/a.ts', 'const x = "Lambda"'), [])).toHaveLength(1)
  expect(platformNames(file('conformance/src/cases/a.ts', '// on Azure'), [])).toHaveLength(1)
  expect(platformNames(file('packages/core/src/a.ts', '// https://docs.aws.amazon.com/lambda/x'), [])).toEqual([])
  expect(platformNames(file('adapters/aws-lambda/src/a.ts', 'Lambda'), [])).toEqual([])
})

test('shipped: every package has the licence and a README of its own', () => {
  const members = [{ folder: 'packages/a', manifest: { name: '@isobar/a' } }]
  const licence = { path: 'LICENSE', text: 'MIT' }
  const complete = [
    licence,
    { path: 'packages/a/LICENSE', text: 'MIT' },
    { path: 'packages/a/README.md', text: '# @isobar/a\n' },
  ]
  expect(shipped(complete, members)).toEqual([])
  expect(found(shipped([licence], members))).toEqual(['packages/a/LICENSE', 'packages/a/README.md'])
  expect(found(shipped([{ ...licence, text: 'other' }, ...complete.slice(1)], members))).toEqual(['packages/a/LICENSE'])
  expect(found(shipped([...complete.slice(0, 2), { path: 'packages/a/README.md', text: '# b' }], members))).toEqual([
    'packages/a/README.md',
  ])
})
