import { expect, test } from 'vitest'
import { formatDiagnostics, sortDiagnostics } from './diagnostics.ts'
import type { Diagnostic } from '../types.ts'

const base: Diagnostic = { id: 'some-id', severity: 'error', text: 'It is wrong.', notes: ['Do this.'] }

test('writes a code frame whose caret stands below the column, tabs kept', () => {
  const text = formatDiagnostics([
    { ...base, location: { file: 'functions/a.ts', line: 12, column: 3, lineText: '\tcall(x)' }, target: 'aws' },
    { ...base, severity: 'warning', capability: { key: 'http.serverHeaders', offeredBy: ['edge', 'run'] } },
  ])
  expect(text).toBe(`error [aws]: It is wrong. (some-id)
  functions/a.ts:12:3
  12 | \tcall(x)
     | \t ^
  Do this.

warning: It is wrong. (some-id)
  These targets can: edge, run.
  Do this.`)
})

test('colours only when asked', () => {
  expect(formatDiagnostics([base])).not.toContain('\u001B')
  expect(formatDiagnostics([base], { color: true })).toContain('\u001B[31merror\u001B[0m')
})

test('sorts by place and tells once what several targets met', () => {
  const at = (file: string, line: number): Pick<Diagnostic, 'location'> => ({ location: { file, line, column: 1 } })
  const sorted = sortDiagnostics([
    { ...base, ...at('b.ts', 1), target: 'two' },
    { ...base, ...at('a.ts', 10) },
    { ...base, ...at('a.ts', 9) },
    { ...base, ...at('b.ts', 1), target: 'one' },
    base,
  ])
  expect(
    sorted.map(({ location, target, notes }) => [location && `${location.file}:${location.line}`, target, notes]),
  ).toEqual([
    [undefined, undefined, ['Do this.']],
    ['a.ts:9', undefined, ['Do this.']],
    ['a.ts:10', undefined, ['Do this.']],
    ['b.ts:1', undefined, ['Do this.', 'This is so for the targets one, two.']],
  ])
})
