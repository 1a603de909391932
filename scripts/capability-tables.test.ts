import { capabilityKeys, type Capabilities, type CapabilityKey } from '@isobar/core'
import { expect, test } from 'vitest'

import {
  absenceReasons,
  capabilityMatrix,
  eventKeys,
  eventTargets,
  lacking,
  replaceGenerated,
  requestKeys,
} from './capability-tables.ts'

function declaring(
  name: string,
  absent: Partial<Record<CapabilityKey, string>>,
): { name: string; capabilities: Capabilities } {
  const entries = capabilityKeys.map((key) => {
    const reason = absent[key]
    return [
      key,
      reason === undefined ? true : { absent: reason, because: 'platform', source: 'https://vendor.example/page' },
    ]
  })
  return { name, capabilities: Object.fromEntries(entries) as Capabilities }
}

const targets = [
  declaring('one', { 'http.rawPath': 'It decodes.' }),
  declaring('two', { 'http.rawPath': 'It decodes.', 'http.streaming': 'It buffers.' }),
  declaring('three', {}),
]

test('the matrix has a row for each capability that is absent somewhere, and a column for each front door', () => {
  expect(capabilityMatrix(targets, lacking(targets, requestKeys)).split('\n')).toEqual([
    '| capability | one | two | three |',
    '| --- | --- | --- | --- |',
    '| `http.rawPath` | – | – | ✓ |',
    '| `http.streaming` | ✓ | – | ✓ |',
  ])
})

test('what is about events has a table of its own, with a column for each kind of event sources', () => {
  expect([...requestKeys, ...eventKeys]).toEqual(capabilityKeys)
  expect(eventKeys).toContain('queue.delay')
  const target = {
    external: [],
    conditions: [],
    limits: { requestBytes: 1, responseBytes: 1, timeoutMs: 1 },
    runtime: { kind: 'workers' as const },
    emit: () => ({ entries: [], files: [], diagnostics: [] }),
    ...declaring('first', { 'queue.delay': 'It does not wait.' }),
  }
  const columns = eventTargets([
    { ...target, platform: 'here' },
    { ...target, platform: 'here', frontDoor: 'other', name: 'second' },
    { ...target, platform: 'here', eventSources: 'bus', name: 'third' },
  ])
  expect(capabilityMatrix(columns, ['queue.delay']).split('\n')).toEqual([
    '| capability | here | here (bus) |',
    '| --- | --- | --- |',
    '| `queue.delay` | – | – |',
  ])
})

test('equal reasons share a row, with their source', () => {
  expect(absenceReasons(targets, requestKeys).split('\n').slice(2)).toEqual([
    '| `http.rawPath` | one, two | It decodes. | platform | [vendor.example](https://vendor.example/page) |',
    '| `http.streaming` | two | It buffers. | platform | [vendor.example](https://vendor.example/page) |',
  ])
})

test('only what stands between the marks is replaced; missing marks are an error', () => {
  expect(replaceGenerated('a\n<!-- generated: x -->\nold\n<!-- /generated -->\nb', 'x', 'new')).toBe(
    'a\n<!-- generated: x -->\n\nnew\n\n<!-- /generated -->\nb',
  )
  expect(() => replaceGenerated('a', 'x', 'new')).toThrow("There is no place for the generated part 'x'.")
})
