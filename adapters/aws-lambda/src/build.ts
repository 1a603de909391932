import type { Limits, Plan, Target } from '@isobar/compiler'
import { capabilitiesOf } from './build/capabilities.ts'
import { type FrontDoorName, optionRules, type Settings, settingsOf } from './build/options.ts'
import { template } from './build/template.ts'

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
    // Bundled, so that a function runs the version of the SDK that it was tested with:
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html recommends to bring one's own.
    external: [],
    conditions: ['node'],
    runtime: { kind: 'node', version: settings.runtime.slice('nodejs'.length, -'.x'.length) },
    options: { given: options, known: optionRules(options) },
    emit: (plan) => ({
      entries: plan.http.map((deployable) => ({
        functions: deployable.functions.map(({ name }) => name),
        file: `${deployable.name}/index.mjs`,
        handler: 'handler',
        source: shim(settings, plan, deployable),
      })),
      files: [{ path: 'template.yaml', text: template(settings, plan) }],
      diagnostics: [],
    }),
  }
}

/** The name that the runtime half exports for a front door. */
const handlerMakers: Record<FrontDoorName, string> = {
  'http-api': 'httpApi',
  'rest-api': 'restApi',
  alb: 'alb',
  'alb-multi-value': 'albMultiValue',
  'function-url': 'functionUrl',
  'function-url-streaming': 'functionUrlStreaming',
}

function shim(
  { frontDoor, origin }: Settings,
  plan: Plan,
  { modules, functionsLiteral }: Plan['http'][number],
): string {
  const make = handlerMakers[frontDoor]
  return [
    `import { ${make}, load } from '@isobar/aws-lambda'`,
    '',
    ...modules.map(({ statement }) => statement),
    '',
    `export const handler = ${make}({`,
    `  target: ${quote(plan.target)},`,
    ...(origin === undefined ? [] : [`  origin: ${quote(origin)},`]),
    `  functions: ${functionsLiteral},`,
    '})',
    '',
  ].join('\n')
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
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
