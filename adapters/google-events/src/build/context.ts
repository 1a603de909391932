import type { Plan } from '@isobar/compiler'

/** Blocks of Terraform in JSON syntax, by type and name: https://developer.hashicorp.com/terraform/language/syntax/json */
export type Blocks = Record<string, Record<string, object>>

/** Where the events of one function go. Texts may be expressions of Terraform. */
export interface Destination {
  /** The URL that is posted to. */
  endpoint: string
  /** The service's own URL: what tokens are made out to. */
  audience: string
  /** The name of the Cloud Run service. */
  service: string
  /** Below the service's URL. @default its root */
  path?: string
}

/** What every part of the Terraform of events needs to know. */
export interface EventsContext {
  application: string
  target: string
  events: Plan['events']
  destination(name: string): Destination
  /** How long a call may take, seconds. */
  timeoutSeconds: number
  /** The subscriptions have payload unwrapping on. */
  unwrapped: boolean
}

/** Pub/Sub waits no longer for an acknowledgement: https://docs.cloud.google.com/pubsub/docs/lease-management */
export const longestAckSeconds = 600

/**
 * How long Pub/Sub waits for an answer: a message comes again while its handler runs unless that is as long as the service
 * may take.
 */
export function ackDeadline(timeoutSeconds: number): number {
  return Math.min(Math.max(10, timeoutSeconds), longestAckSeconds)
}

/** The identity that events are sent with and that the function publishes with. */
export const account = '${google_service_account.events.email}'
export const accountMember = '${google_service_account.events.member}'

export function accountOf(application: string): string {
  return `${application}-events`
}

/** The name of a block: letters, digits, `_` and `-`. */
export function blockName(name: string): string {
  const safe = name.replace(/[^\w-]/g, '_')
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`
}

/** Joins blocks of the same types. */
export function merge(parts: readonly Blocks[]): Blocks {
  const all: Blocks = {}
  for (const part of parts) {
    for (const [type, blocks] of Object.entries(part)) all[type] = { ...all[type], ...blocks }
  }
  return all
}
