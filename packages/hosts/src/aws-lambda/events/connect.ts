import type { ManifestFunction } from '@isobar/compiler'

import type { SourceName } from '../../events/types.ts'
import type { LambdaFunction } from '../lambda-function.ts'
import { connectBuckets } from './async/buckets.ts'
import { connectBuses } from './async/buses.ts'
import { createAsyncInvoker, type AsyncInvoker } from './async/invoker.ts'
import { asyncSettings } from './async/settings.ts'
import { connectTopics } from './async/topics.ts'
import { plainDeadLetter } from './dead-letters.ts'
import type { DeployedFunction } from './deployment.ts'
import { arnOf, resourceOfArn } from './names.ts'
import type { EventPlatformParts } from './parts.ts'
import { connectSchedule } from './schedule/connect.ts'
import { connectQueue } from './sqs/connect.ts'
import { connectStreams } from './stream/connect.ts'
import { triggersOf, type Trigger } from './wiring.ts'

type EventFunction = Exclude<ManifestFunction, { kind: 'http' }>

/**
 * Lets events come to the functions, by all triggers of the template.
 *
 * @throws Error for what AWS would not create.
 */
export function connectAll(parts: EventPlatformParts, lambdaOf: (one: DeployedFunction) => LambdaFunction): void {
  const { deployment, queues } = parts
  const triggers = triggersOf(deployment).map(withSource)
  const invokers = new Map<DeployedFunction, AsyncInvoker>()
  const invokerOf = (one: DeployedFunction): AsyncInvoker => {
    const known = invokers.get(one)
    if (known !== undefined) return known
    const invoker = createAsyncInvoker(lambdaOf(one), asyncSettings(one, deployment, queues), parts)
    invokers.set(one, invoker)
    return invoker
  }
  const connectStream = connectStreams(parts)
  const connectTopic = connectTopics(parts)
  const connectBucket = connectBuckets(parts)
  const connectBus = connectBuses(parts)
  for (const trigger of triggers) {
    const served = servedBy(trigger)
    const consumer = {
      source: sourceName(served),
      functionName: served.name,
      lambda: lambdaOf(trigger.function),
      invoker: invokerOf(trigger.function),
    }
    if (trigger.kind === 'mapping' && served.kind === 'queue') connectQueue(parts, trigger, consumer)
    else if (trigger.kind === 'mapping') connectStream(trigger, consumer)
    else if (trigger.kind === 'topic') connectTopic(trigger, consumer)
    else if (trigger.kind === 'bucket') connectBucket(trigger, consumer)
    else if (trigger.kind === 'schedule' || served.kind === 'schedule') connectSchedule(parts, trigger, consumer)
    else connectBus(trigger, consumer)
  }
  for (const one of deployment.functions) addOwnDead(parts, one, triggers)
}

/** Queues that a function is told of and that nobody consumes are where it puts its dead itself. */
function addOwnDead(
  { queues, addDead }: EventPlatformParts,
  one: DeployedFunction,
  triggers: readonly Trigger[],
): void {
  const isConsumed = (arn: string): boolean =>
    triggers.some((trigger) => trigger.kind === 'mapping' && trigger.sourceArn === arn)
  for (const value of Object.values(one.environment)) {
    const queue = queues.atUrl(value)
    if (queue === undefined || isConsumed(queue.arn)) continue
    for (const served of one.deployable.functions) {
      if (served.kind !== 'http') addDead(sourceName(served), { queue, read: (message) => [plainDeadLetter(message)] })
    }
  }
}

/**
 * The function of the application that a trigger is for: a Lambda function may serve several.
 *
 * @throws Error when it serves none of its kind.
 */
function servedBy(trigger: Trigger): EventFunction {
  const kind = kindOf(trigger)
  const candidates = trigger.function.deployable.functions.filter((one): one is EventFunction => one.kind === kind)
  const served = candidates.find(({ resource }) => resourceName(trigger) === resource.physical) ?? candidates[0]
  if (served !== undefined) return served
  throw new Error(
    `template.yaml: ${trigger.id} calls ${trigger.function.id}, which has no function of the kind ${kind}.`,
  )
}

/** A parameter without a default tells of a source that is not the template's own; the deployment has one of the right name. */
function withSource(trigger: Trigger): Trigger {
  if (!('sourceArn' in trigger) || trigger.sourceArn.startsWith('arn:')) return trigger
  const { functions } = trigger.function.deployable
  const served = functions.find(({ kind }) => (trigger.kind === 'topic' ? kind === 'topic' : isMapped(kind)))
  const sourceArn = served === undefined ? undefined : externalArn(served)
  return sourceArn === undefined ? trigger : { ...trigger, sourceArn }
}

function isMapped(kind: ManifestFunction['kind']): boolean {
  return kind === 'queue' || kind === 'stream' || kind === 'changes'
}

function externalArn(served: ManifestFunction): string | undefined {
  switch (served.kind) {
    case 'topic':
      return arnOf('sns', served.resource.physical)
    case 'stream':
      return arnOf('kinesis', `stream/${served.resource.physical}`)
    case 'changes':
      return arnOf('dynamodb', `table/${served.resource.physical}/stream/2026-01-01T00:00:00.000`)
    default:
      return undefined
  }
}

function kindOf(trigger: Trigger): EventFunction['kind'] {
  switch (trigger.kind) {
    case 'mapping':
      return mappedKinds[trigger.sourceArn.split(':')[2] ?? ''] ?? 'queue'
    case 'topic':
      return 'topic'
    case 'bucket':
      return 'storage'
    case 'schedule':
      return 'schedule'
    case 'rule':
      return trigger.rule['ScheduleExpression'] === undefined ? 'event' : 'schedule'
  }
}

const mappedKinds: Readonly<Record<string, EventFunction['kind']>> = { kinesis: 'stream', dynamodb: 'changes' }

function resourceName(trigger: Trigger): string | undefined {
  if (trigger.kind === 'bucket') return trigger.bucket
  // `orders`, `stream/clicks`, `table/users/stream/…`.
  const path = 'sourceArn' in trigger ? resourceOfArn(trigger.sourceArn).split('/') : []
  return path[1] ?? path[0]
}

function sourceName({ kind, name, resource }: EventFunction): SourceName {
  return `${kind}:${kind === 'schedule' ? name : resource.logical}`
}
