import { expect, test } from 'vitest'

import type { CloudEventInput } from '../../../events/types.ts'
import { bootTemplate, recorder, type TestFunction } from '../testing.ts'
import { matchesPattern } from './pattern.ts'

const type = 'com.example.order.placed'

const template = `
Transform: AWS::Serverless-2016-10-31
Resources:
  PlacedFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: placed/
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig: { OnFailure: { Type: SQS, Destination: { 'Fn::GetAtt': [Failed, Arn] } } }
      Events:
        Placed:
          Type: EventBridgeRule
          Properties: { Pattern: { detail-type: [${type}] } }
  OtherFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: other/
      Events:
        Other:
          Type: EventBridgeRule
          Properties: { Pattern: { detail-type: [com.example.other] } }
  Failed: { Type: AWS::SQS::Queue }
`

function listener(name: string, eventType: string, body = ''): TestFunction {
  const resource = { logical: eventType, physical: eventType }
  return { name, listens: { kind: 'event', trigger: { type: eventType }, resource }, source: recorder(body) }
}

const functions = (body = ''): TestFunction[] => [
  listener('placed', type, body),
  listener('other', 'com.example.other'),
]

function placed(mode: CloudEventInput['mode'], data: string): CloudEventInput {
  return {
    mode,
    cloudEvent: { id: 'e1', source: '/shop', type, time: '2026-01-02T03:04:05.678Z', subject: 'o1', data },
  }
}

test('comes to the functions whose pattern it matches, with an id of the bus', async () => {
  await using booted = await bootTemplate(template, functions())
  const { running } = booted
  const [id] = await running.deliver(`event:${type}`, [placed('binary', '{"order":1}')])
  expect(running.deliveries()).toMatchObject([{ id, source: `event:${type}`, function: 'placed', end: 'acknowledged' }])
  expect(await booted.events('other')).toEqual([])
  const [event] = await booted.events('placed')
  expect(event).toMatchObject({
    version: '0',
    id,
    'detail-type': type,
    source: '/shop',
    time: '2026-01-02T03:04:05Z',
    resources: [],
    detail: { order: 1 },
  })
})

test('a CloudEvent in structured mode is the detail', async () => {
  await using booted = await bootTemplate(template, functions())
  await booted.running.deliver(`event:${type}`, [placed('structured', '[1]')])
  expect(await booted.events('placed')).toMatchObject([
    { 'detail-type': type, detail: { specversion: '1.0', id: 'e1', source: '/shop', subject: 'o1', data: [1] } },
  ])
})

test('what EventBridge does not take is refused', async () => {
  await using booted = await bootTemplate(template, functions())
  const { running } = booted
  await expect(running.deliver(`event:${type}`, [placed('binary', '[1]')])).rejects.toThrow('must be a JSON object')
  await expect(running.deliver(`event:${type}`, [{ body: 'x' }])).rejects.toThrow('takes CloudEvents')
})

test('what fails is read from the destination for failures', async () => {
  await using booted = await bootTemplate(template, functions(`throw new Error('boom')`))
  await booted.running.deliver(`event:${type}`, [placed('binary', '{"order":1}')])
  expect(booted.running.deliveries()).toMatchObject([{ end: 'dead-lettered' }])
  const dead = await booted.running.deadLetters(`event:${type}`)
  expect(dead).toEqual([{ body: Buffer.from('{"order":1}'), attributes: {} }])
})

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
test.each([
  [{ source: ['a', 'b'] }, true],
  [{ source: ['b'] }, false],
  [{ detail: { state: [{ prefix: 'run' }] } }, true],
  [{ detail: { state: [{ 'anything-but': ['running'] }] } }, false],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
  [{ detail: { count: [{ numeric: ['>', 5] }] } }, false],
  [{ detail: { tags: ['y'] } }, true],
  [{ detail: { state: [{ wildcard: 'r*g' }] } }, true],
  [{ $or: [{ source: ['b'] }, { detail: { count: [5] } }] }, true],
])('the pattern %j matches: %s', (pattern, matches) => {
  expect(matchesPattern(pattern, { source: 'a', detail: { state: 'running', count: 5, tags: ['x', 'y'] } })).toBe(
    matches,
  )
})
