import type { OptionRule } from '@isobar/compiler'
import type { AwsLambdaOptions } from '../build.ts'

const frontDoorNames = [
  'http-api',
  'rest-api',
  'alb',
  'alb-multi-value',
  'function-url',
  'function-url-streaming',
] as const

export type FrontDoorName = (typeof frontDoorNames)[number]

/** The options with their defaults filled in. */
export interface Settings {
  name: string
  frontDoor: FrontDoorName
  origin: string | undefined
  memoryMb: number
  /** Never more than the front door waits. */
  timeoutSeconds: number
  runtime: 'nodejs22.x' | 'nodejs24.x'
}

const runtimes = ['nodejs24.x', 'nodejs22.x'] as const

/** Seconds: the longest that each front door waits, and Lambda's own limit where it has none. */
const longest: Record<FrontDoorName, number> = {
  'http-api': 30,
  'rest-api': 29,
  alb: 900,
  'alb-multi-value': 900,
  'function-url': 900,
  'function-url-streaming': 900,
}

/** Total: what is wrong falls back to a default, since the compiler tells it by `optionRules`. */
export function settingsOf(options: AwsLambdaOptions): Settings {
  const frontDoor = frontDoorOf(options) ?? 'http-api'
  return {
    name: options.name ?? 'aws-lambda',
    frontDoor,
    origin: options.origin,
    memoryMb: options.memoryMb ?? 512,
    timeoutSeconds: options.timeoutSeconds ?? Math.min(longest[frontDoor], 60),
    runtime: runtimes.find((one) => one === options.runtime) ?? 'nodejs24.x',
  }
}

/** Lambda's own limits: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export function optionRules(options: AwsLambdaOptions): Record<keyof AwsLambdaOptions, OptionRule> {
  const frontDoor = frontDoorOf(options)
  // Of a front door that there is not, nothing says how long it waits.
  const limit = frontDoor === undefined ? 900 : longest[frontDoor]
  return {
    name: { type: 'string' },
    frontDoor: { type: 'string', oneOf: frontDoorNames },
    origin: { type: 'string', format: 'origin' },
    memoryMb: { type: 'number', integer: true, min: 128, max: 10_240 },
    timeoutSeconds: {
      type: 'number',
      integer: true,
      min: 1,
      max: limit,
      ...(limit < 900 && { note: `The front door '${frontDoor}' waits no longer than ${limit} s.` }),
    },
    runtime: { type: 'string', oneOf: runtimes },
  }
}

function frontDoorOf({ frontDoor = 'http-api' }: AwsLambdaOptions): FrontDoorName | undefined {
  return frontDoorNames.find((one) => one === frontDoor)
}
