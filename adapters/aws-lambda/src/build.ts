import type { Emitted, Limits, Plan, Target } from '@isobar/compiler'
import { capabilitiesOf } from './build/capabilities.ts'
import { placeEvents } from './build/event-parts.ts'
import { logicalIds } from './build/logical-ids.ts'
import { type FrontDoorName, optionRules, type Settings, settingsOf } from './build/options.ts'
import { eventShim, httpShim } from './build/shims.ts'
import { placeHttp, template } from './build/template.ts'

export interface AwsLambdaOptions {
  /** The folder below the output directory and the value of `--target`. @default 'aws-lambda' */
  name?: string
  /** What stands between the client and the function. @default 'http-api' */
  frontDoor?: FrontDoorName
  /**
   * Scheme and host for `request.url`, such as `https://api.example.com`. A load balancer knows only the client's Host
   * header, so set it there. @default what the front door says
   */
  origin?: string
  /** Megabytes, 128 to 10,240. @default 512 */
  memoryMb?: number
  /**
   * The function's own limit in seconds, from 1 to what the front door waits: `http-api` 30, `rest-api` 29, others 900.
   *
   * @default what the front door waits, at most 60
   */
  timeoutSeconds?: number
  /** @default 'nodejs24.x' */
  runtime?: 'nodejs22.x' | 'nodejs24.x'
}

export type { FrontDoorName }

/** The target AWS Lambda behind one front door: a module with a handler, and a SAM template. */
export function awsLambda(options: AwsLambdaOptions = {}): Target {
  const settings = settingsOf(options)
  return {
    name: settings.name,
    platform: 'aws-lambda',
    frontDoor: settings.frontDoor,
    capabilities: capabilitiesOf(settings),
    limits: limitsOf(settings),
    // The runtime ships the SDK, and shims need this client only for what becomes of failed events. Clients that a handler
    // imports are bundled, so that it runs the versions that it was tested with:
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
    external: ['@aws-sdk/client-sqs'],
    conditions: ['node'],
    runtime: { kind: 'node', version: settings.runtime.slice('nodejs'.length, -'.x'.length) },
    options: { given: options, known: optionRules(options) },
    emit: (plan) => emit(settings, plan),
  }
}

function emit(settings: Settings, plan: Plan): Emitted {
  const ids = logicalIds()
  const http = plan.http.map((deployable) => placeHttp(settings, deployable, ids.of(deployable.name)))
  const events = placeEvents(plan, ids)
  return {
    entries: [
      ...plan.http.map((deployable) => ({
        functions: deployable.functions.map(({ name }) => name),
        file: `${deployable.name}/index.mjs`,
        handler: 'handler',
        source: httpShim(settings, plan, deployable),
      })),
      ...events.placed.map(({ deployable, part }) => ({
        functions: [deployable.name],
        file: `${deployable.name}/index.mjs`,
        handler: 'handler',
        source: eventShim(plan, deployable, part.shim),
      })),
    ],
    files: [{ path: 'template.yaml', text: template(settings, plan, [...http, ...events.placed]) }],
    diagnostics: events.diagnostics,
  }
}

const mebibyte = 1024 * 1024

/**
 * Lambda takes and gives 6 MB of JSON (in which a binary body is base64, a third longer), a load balancer 1 MB; a
 * streamed answer may have 200 MB.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
function limitsOf({ frontDoor, timeoutSeconds }: Settings): Limits {
  const balancer = frontDoor === 'alb' || frontDoor === 'alb-multi-value'
  const streaming = frontDoor === 'function-url-streaming'
  return {
    requestBytes: balancer ? mebibyte : 6 * mebibyte,
    responseBytes: balancer ? mebibyte : streaming ? 200 * mebibyte : 6 * mebibyte,
    timeoutMs: timeoutSeconds * 1000,
  }
}
