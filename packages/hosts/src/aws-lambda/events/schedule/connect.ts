import { randomUUID } from 'node:crypto'

import { accountId, region } from '../../lambda-function.ts'
import { addFailures, jsonDeadLetter } from '../async/failures.ts'
import { madeUpName } from '../names.ts'
import type { Consumer, EventPlatformParts } from '../parts.ts'
import { objectOf, textOf, type Properties } from '../values.ts'
import type { Trigger } from '../wiring.ts'
import { parseSchedule } from './expression.ts'
import { runSchedule, type Schedule } from './scheduler.ts'

/**
 * Lets a schedule call a function. The call is asynchronous, so that a function that fails is tried again by Lambda's own
 * rules; the schedule's RetryPolicy and DeadLetterConfig are for calls that Lambda does not take, which do not happen here:
 * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export function connectSchedule(
  parts: EventPlatformParts,
  trigger: Extract<Trigger, { kind: 'schedule' | 'rule' }>,
  consumer: Consumer,
): void {
  const { clock, records } = parts
  const schedule =
    trigger.kind === 'schedule' ? ofScheduler(trigger.settings, trigger.id, clock.now()) : ofRule(trigger, clock.now())
  runSchedule(schedule, clock, (event) => {
    consumer.invoker.invoke(event, records.sent(consumer.source, consumer.functionName, randomUUID()))
  })
  parts.addSource(consumer.source, trigger.id, () => ({
    prepare() {
      throw new Error(`${consumer.source} comes when it is time: advance the clock.`)
    },
  }))
  addFailures(parts, trigger.function, consumer.source, jsonDeadLetter)
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html */
function ofScheduler(settings: Properties, id: string, now: number): Schedule {
  const name = textOf(settings['Name']) ?? madeUpName('schedule', id)
  // Its own error for this: https://github.com/aws-cloudformation/rain/issues/319
  const { Mode: mode = 'OFF' } = objectOf(settings['FlexibleTimeWindow'])
  if (mode !== 'OFF' && mode !== 'FLEXIBLE') {
    throw new Error(
      `template.yaml: FlexibleTimeWindow.Mode of ${id} is ${String(mode)}, not 'OFF' (quoted: a plain OFF is false).`,
    )
  }
  const group = textOf(settings['GroupName']) ?? 'default'
  const start = Math.max(now, timeOf(settings['StartDate']) ?? now)
  const next = parseSchedule(
    textOf(settings['ScheduleExpression']) ?? '',
    textOf(settings['ScheduleExpressionTimezone']) ?? 'UTC',
    start,
  )
  return {
    service: 'scheduler',
    arn: `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`,
    next: (after) => next(Math.max(after, start - 1)),
    end: timeOf(settings['EndDate']),
    input: textOf(settings['Input']),
  }
}

/** Rules count in UTC: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
function ofRule({ settings, rule, id }: Extract<Trigger, { kind: 'rule' }>, now: number): Schedule {
  const name = textOf(rule['Name']) ?? madeUpName('rule', id)
  return {
    service: 'rule',
    arn: `arn:aws:events:${region}:${accountId}:rule/${name}`,
    next: parseSchedule(textOf(rule['ScheduleExpression']) ?? '', 'UTC', now),
    input: textOf(settings['Input']),
  }
}

function timeOf(value: unknown): number | undefined {
  const time = Date.parse(textOf(value) ?? '')
  return Number.isNaN(time) ? undefined : time
}
