import type { PlannedEvent } from '@isobar/compiler'
import { sampleEvents } from '@isobar/compiler/testing'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { awsLambda } from './build.ts'
import * as runtimeHalf from './index.ts'
import { emit, templateOf } from './testing/template.ts'

describe('a shim', () => {
  test.each(Object.values(sampleEvents))('of $kind calls the runtime half for its source alone', (planned) => {
    const entry = emit(planned).entries.find(({ functions }) => functions.includes(planned.name))
    expect(entry).toMatchObject({ file: `${planned.name}/index.mjs`, handler: 'handler', functions: [planned.name] })
    const [, names = ''] = /^import \{ ([\w, ]+) \} from '@isobar\/aws-lambda'\n/.exec(entry?.source ?? '') ?? []
    const make = names.split(', ').find((name) => name !== 'load')
    expect(runtimeHalf).toHaveProperty(String(make), expect.any(Function))
    expect(entry?.source).toContain(
      `export const handler = ${make}({\n  target: 'aws',\n  name: '${planned.name}',\n  definition: events.`,
    )
  })

  test('imports the SDK when it is needed and leaves it to the runtime', () => {
    const [, , entry] = emit(sampleEvents.queue).entries
    expect(entry?.source).toContain("\n  visibilitySeconds: 360,\n  sqs: () => import('@aws-sdk/client-sqs'),\n})\n")
    expect(awsLambda().external).toEqual(['@aws-sdk/client-sqs'])
  })
})

test.each([
  ['topic', 'pri.ces'],
  ['topic', 'p'.repeat(257)],
  ['stream', 'cli cks'],
  ['stream', 'c'.repeat(129)],
  ['event', 'e'.repeat(129)],
] as const)('a %s cannot be called %s', (kind, physical) => {
  const planned: PlannedEvent = Object.assign({}, sampleEvents[kind], { resource: { logical: 'it', physical } })
  expect(emit(planned).diagnostics).toMatchObject([
    {
      id: 'aws-resource-name',
      severity: 'error',
      function: planned.name,
      notes: [expect.stringContaining('resources'), expect.anything()],
    },
  ])
})

test('a function whose queue for the dead has too long a name is told', () => {
  const planned: PlannedEvent = { ...sampleEvents.topic, name: 't'.repeat(71) }
  expect(emit(planned).diagnostics).toMatchObject([{ id: 'aws-resource-name', text: expect.stringContaining('-dead') }])
  expect(emit({ ...sampleEvents.topic, name: 't'.repeat(70) }).diagnostics).toEqual([])
})

test('names of functions and of what they listen to may be the same', () => {
  const planned: PlannedEvent[] = [
    { ...sampleEvents.queue, name: 'orders' },
    { ...sampleEvents.topic, name: 'orders-dead', resource: { logical: 'orders', physical: 'orders' } },
    { ...sampleEvents.stream, name: 'orders-queue', resource: { logical: 'orders', physical: 'orders' } },
  ]
  const { Resources = {} } = templateOf(...planned)
  // Http, report and their APIs; three functions, a queue, a topic, a stream, and a queue for the dead of each.
  expect(Object.keys(Resources)).toHaveLength(4 + 3 + 3 + 3)
})

test('a schedule with too long a name is told', () => {
  const named = (length: number): PlannedEvent => ({ ...sampleEvents.schedule, name: 'n'.repeat(length) })
  expect(emit(named(59)).diagnostics).toEqual([])
  expect(emit(named(60)).diagnostics).toMatchObject([{ id: 'aws-resource-name', text: expect.stringContaining('64') }])
})

test('the template says the same to a reader of YAML 1.1, which is what CloudFormation is', () => {
  const text = emit(...Object.values(sampleEvents)).files[0]?.text ?? ''
  expect(parse(text, { version: '1.1' })).toEqual(parse(text))
  expect(text).toContain('Mode: "OFF"')
})
