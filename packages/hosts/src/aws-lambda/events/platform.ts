import type { Manifest } from '@isobar/compiler'

import { createClock } from '../../events/clock.ts'
import { createRecords } from '../../events/records.ts'
import type { EventSide } from '../../events/types.ts'
import type { Deployable } from '../deployables.ts'
import { accountId, type LambdaFunction } from '../lambda-function.ts'
import { connectAll } from './connect.ts'
import { deadLettersIn, type DeadLetterPlace } from './dead-letters.ts'
import { deploy, type DeployedFunction } from './deployment.ts'
import type { EventPlatformParts, EventSource } from './parts.ts'
import { permissionsOf } from './permissions.ts'
import { startSqsApi } from './sqs/api.ts'
import { createQueues } from './sqs/queues.ts'
import { readTemplate } from './template.ts'

/** What a template puts around the functions. */
export interface EventPlatform {
  /** A function as the template has it; `environment` has what reaches the modelled services, too. */
  functionOf(deployable: Deployable): DeployedFunction
  /** Lets events come. @param lambdas in the order of the deployables. */
  connect(lambdas: readonly LambdaFunction[]): Omit<EventSide, 'kill'>
  close(): Promise<void>
}

/**
 * Reads the template of a built target and starts what its functions need before they start themselves.
 *
 * @returns undefined when there is no template.
 * @throws Error for a template that could not be deployed.
 */
export async function prepareEvents(
  directory: string,
  manifest: Manifest,
  deployables: readonly Deployable[],
): Promise<EventPlatform | undefined> {
  const template = readTemplate(directory)
  if (template === undefined) return undefined
  const clock = createClock()
  const api = await startSqsApi(clock, accountId)
  try {
    const deployment = deploy(template, manifest, deployables, api.urlOf)
    const queues = createQueues(deployment, clock)
    api.serve(queues.byName, permissionsOf(deployment))
    const records = createRecords(clock)
    const sources = new Map<string, Map<string, EventSource>>()
    const dead = new Map<string, Map<string, DeadLetterPlace>>()
    const parts: EventPlatformParts = {
      clock,
      records,
      queues,
      deployment,
      addSource(name, key, create) {
        const known = sources.get(name) ?? new Map<string, EventSource>()
        sources.set(name, known)
        if (!known.has(key)) known.set(key, create())
      },
      addDead(name, place) {
        const known = dead.get(name) ?? new Map<string, DeadLetterPlace>()
        dead.set(name, known)
        if (!known.has(place.queue.arn)) known.set(place.queue.arn, place)
      },
    }
    const functionOf = (deployable: Deployable): DeployedFunction => {
      const found = deployment.functions.find((one) => one.deployable === deployable)
      if (found === undefined) throw new Error(`template.yaml has no function for ${deployable.folder}.`)
      // The SDK's own setting: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
      const endpoint = `http://127.0.0.1:${api.port}`
      return { ...found, environment: { ...found.environment, AWS_ENDPOINT_URL_SQS: endpoint } }
    }
    return {
      functionOf,
      connect(lambdas) {
        const lambdaOf = (one: DeployedFunction): LambdaFunction => {
          const lambda = lambdas[deployables.indexOf(one.deployable)]
          if (lambda === undefined) throw new Error(`The function ${one.name} does not run.`)
          return lambda
        }
        connectAll(parts, lambdaOf)
        return {
          async deliver(source, inputs) {
            const known = [...(sources.get(source)?.values() ?? [])]
            if (known.length === 0) throw new Error(`No function of this target listens to ${source}.`)
            const sends = inputs.map((input) => known.map((one) => one.prepare(input)))
            const ids = sends.map((each) => each.map((send) => send())[0] ?? '')
            await clock.settle()
            return ids
          },
          advance: (time) => clock.advance(time),
          deliveries: () => records.all(),
          async deadLetters(source) {
            return deadLettersIn(dead.get(source)?.values() ?? [])
          },
          breakEffects: (broken) => api.break(broken),
        }
      },
      close: () => api.close(),
    }
  } catch (error) {
    await api.close()
    throw error
  }
}
