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
  /** Megabytes. */
  memory: number
  /** Seconds; never more than the front door waits. */
  timeout: number
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

/** @throws TypeError that lists every option that is wrong. */
export function checkOptions(options: AwsLambdaOptions): Settings {
  const problems: string[] = []
  const known = ['name', 'frontDoor', 'origin', 'memory', 'timeout', 'runtime']
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) problems.push(`unknown option '${key}'; there are ${known.join(', ')}`)
  }
  const { name = 'aws-lambda', origin } = options
  const frontDoor = options.frontDoor ?? 'http-api'
  const runtime = options.runtime ?? 'nodejs24.x'
  const memory = options.memory ?? 512
  const limit = longest[frontDoor] ?? 900
  const timeout = options.timeout ?? Math.min(limit, 60)
  if (!frontDoorNames.includes(frontDoor))
    problems.push(`frontDoor ${show(frontDoor)} is not one of ${frontDoorNames.join(', ')}`)
  if (!runtimes.includes(runtime)) problems.push(`runtime ${show(runtime)} is not one of ${runtimes.join(', ')}`)
  if (!isWhole(memory, 128, 10_240))
    problems.push(`memory ${show(memory)} is no whole number of megabytes from 128 to 10240`)
  if (!isWhole(timeout, 1, limit)) {
    const where = limit < 900 ? `, which is how long '${frontDoor}' waits` : ''
    problems.push(`timeout ${show(timeout)} is no whole number of seconds from 1 to ${limit}${where}`)
  }
  if (origin !== undefined && !isOrigin(origin)) {
    problems.push(`origin ${show(origin)} is no scheme and host, like 'https://api.example.com'`)
  }
  if (problems.length > 0) throw new TypeError(`awsLambda(): ${problems.join('; ')}.`)
  return { name, frontDoor, origin, memory, timeout, runtime }
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && (text === url.origin || text === `${url.origin}/`)
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}
