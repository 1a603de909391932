import type { EventDeployable, HttpDeployable, Plan } from '@isobar/compiler'
import type { FrontDoorName, Settings } from './options.ts'

/** The name that the runtime half exports for a front door. */
const handlerMakers: Record<FrontDoorName, string> = {
  'http-api': 'httpApi',
  'rest-api': 'restApi',
  alb: 'alb',
  'alb-multi-value': 'albMultiValue',
  'function-url': 'functionUrl',
  'function-url-streaming': 'functionUrlStreaming',
}

export function httpShim(
  { frontDoor, origin }: Settings,
  plan: Plan,
  { modules, functionsLiteral }: HttpDeployable,
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

/** How the shim of an event function calls the runtime half. */
export interface EventShim {
  /** The name that the runtime half exports for the source. */
  make: string
  /** Members of its call beside target, name and definition, as text: `visibilitySeconds: 360`. */
  members: string[]
}

export function eventShim(
  plan: Plan,
  { name, modules, definition }: EventDeployable,
  { make, members }: EventShim,
): string {
  return [
    `import { ${['load', make].toSorted().join(', ')} } from '@isobar/aws-lambda'`,
    '',
    ...modules.map(({ statement }) => statement),
    '',
    `export const handler = ${make}({`,
    `  target: ${quote(plan.target)},`,
    `  name: ${quote(name)},`,
    `  definition: ${definition},`,
    ...members.map((member) => `  ${member},`),
    '})',
    '',
  ].join('\n')
}

/** Loads the client that the runtime ships, when an outcome first needs it. */
export const loadSqs = "sqs: () => import('@aws-sdk/client-sqs')"

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
