import { expect, test } from 'vitest'

import { bootTemplate, recorder, type TestFunction } from '../testing.ts'

function template(event: string): string {
  return `
Transform: AWS::Serverless-2016-10-31
Resources:
  NightlyFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: nightly/
      Events: { Nightly: ${event} }
`
}

function nightly(body = ''): TestFunction {
  const resource = { logical: 'nightly', physical: 'nightly' }
  return {
    name: 'nightly',
    listens: { kind: 'schedule', trigger: { cron: '30 2 * * *' }, resource },
    source: recorder(body),
  }
}

const dayMs = 86_400_000
const input = JSON.stringify({
  time: '<aws.scheduler.scheduled-time>',
  schedule: '<aws.scheduler.schedule-arn>',
  id: '<aws.scheduler.execution-id>',
  attempt: '<aws.scheduler.attempt-number>',
})
const daily = `{ Type: ScheduleV2, Properties: { Name: nightly, ScheduleExpression: 'cron(30 2 * * ? *)', Input: '${input}' } }`

test('calls the function when it is time, with the context in its input', async () => {
  await using booted = await bootTemplate(template(daily), [nightly()])
  const { running } = booted
  await running.advance(2 * dayMs)
  const events = await booted.events('nightly')
  expect(events).toHaveLength(2)
  expect(events[0]).toMatchObject({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT02:30:00Z$/),
    schedule: 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly',
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    attempt: '1',
  })
  expect(running.deliveries()).toMatchObject([
    {
      source: 'schedule:nightly',
      function: 'nightly',
      sentAt: new Date(String(events[0]?.['time'])),
      end: 'acknowledged',
    },
    { sentAt: new Date(String(events[1]?.['time'])) },
  ])
  await expect(running.deliver('schedule:nightly', [{ body: '' }])).rejects.toThrow('advance the clock')
})

test("is tried again by Lambda's own rules", async () => {
  await using booted = await bootTemplate(template(daily), [nightly(`throw new Error('boom')`)])
  await booted.running.advance(dayMs)
  await booted.running.advance(3 * 60_000)
  const [first] = booted.running.deliveries()
  const sentAt = first?.sentAt.getTime() ?? 0
  expect(first).toMatchObject({ end: 'dropped' })
  expect(first?.attempts.map(({ at }) => at.getTime() - sentAt)).toEqual([0, 60_000, 180_000])
})

test('a rule may have a schedule, with the event of EventBridge', async () => {
  const rule = `{ Type: Schedule, Properties: { Schedule: rate(1 hour) } }`
  await using booted = await bootTemplate(template(rule), [nightly()])
  await booted.running.advance(3_600_000)
  expect(await booted.events('nightly')).toMatchObject([
    {
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      detail: {},
      resources: [expect.stringContaining(':rule/')],
    },
  ])
})

test('a plain OFF is false in the YAML of CloudFormation, and no mode', async () => {
  const unquoted = daily.replace('Name: nightly,', 'Name: nightly, FlexibleTimeWindow: { Mode: OFF },')
  await expect(bootTemplate(template(unquoted), [nightly()])).rejects.toThrow("is false, not 'OFF'")
})

test('CloudFormation has the target apart, and a role for it', async () => {
  const schedule = (role: string): string => `
Resources:
  NightlyFunction: { Type: AWS::Serverless::Function, Properties: { CodeUri: nightly } }
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties:
      FlexibleTimeWindow: { Mode: 'OFF' }
      ScheduleExpression: cron(0 9 ? * MON-FRI *)
      ScheduleExpressionTimezone: Europe/Zurich
      Target: { Arn: { 'Fn::GetAtt': [NightlyFunction, Arn] }, ${role} }
  Role: { Type: AWS::IAM::Role }
`
  await expect(bootTemplate(schedule(''), [nightly()])).rejects.toThrow('Schedule lacks Target.RoleArn')
  await using booted = await bootTemplate(schedule(`RoleArn: { 'Fn::GetAtt': [Role, Arn] }`), [nightly()])
  await booted.running.advance(14 * dayMs)
  const times = booted.running.deliveries().map(({ sentAt }) =>
    sentAt.toLocaleString('en-GB', {
      timeZone: 'Europe/Zurich',
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
    }),
  )
  expect(new Set(times)).toEqual(new Set(['Mon', 'Tue', 'Wed', 'Thu', 'Fri'].map((day) => `${day} 09:00`)))
  const [event] = await booted.events('nightly')
  expect(event).toMatchObject({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event' })
})
