import type { Diagnostic } from '@isobar/compiler'
import { checkAttempts, checkTimeouts } from './attempts.ts'
import { accountMember, accountOf, merge, type Blocks, type EventsContext } from './context.ts'
import { checkNames, checkServices, checkSharedTopics } from './names.ts'
import { eventarcBlocks, eventarcData, eventarcVariables } from './eventarc.ts'
import { pubsubBlocks } from './pubsub.ts'
import { schedulerBlocks } from './scheduler.ts'

export interface EventsTerraform {
  variable: Record<string, object>
  data: Blocks
  resource: Blocks
}

/** Everything around the functions that events need: topics, subscriptions, jobs, triggers, places for the dead, identities. */
export function eventsTerraform(context: EventsContext): EventsTerraform {
  return {
    variable: eventarcVariables(context),
    data: merge([{ google_project: { this: {} } }, eventarcData(context)]),
    resource: merge([identity(context), pubsubBlocks(context), schedulerBlocks(context), eventarcBlocks(context)]),
  }
}

/** Who sends events, and may therefore call the services; nobody else may. */
function identity({ application, events, destination }: EventsContext): Blocks {
  const invokers = events.map(({ name }): [string, object] => {
    const { service, path } = destination(name)
    const invoker = {
      location: '${var.region}',
      service,
      role: 'roles/run.invoker',
      member: accountMember,
    }
    // Functions that one service has at several paths are one.
    return [path === undefined ? name : 'events', invoker]
  })
  return {
    google_service_account: {
      events: { account_id: accountOf(application), display_name: `Events of ${application}` },
    },
    google_cloud_run_service_iam_member: Object.fromEntries(invokers),
  }
}

/** https://docs.cloud.google.com/iam/docs/service-accounts-create */
const longestAccount = 30

/** What of a plan Google's rules do not allow. */
export function checkEvents({ application, target, events }: EventsContext): Diagnostic[] {
  if (events.length === 0) return []
  const planned = events.map((event) => event.function)
  return [
    ...checkNames(target, planned),
    ...checkSharedTopics(target, planned),
    ...checkServices(target, events),
    ...checkAttempts(target, planned),
    ...checkTimeouts(target, planned),
    ...checkAccount(target, application),
  ]
}

function checkAccount(target: string, application: string): Diagnostic[] {
  const id = accountOf(application)
  if (id.length <= longestAccount) return []
  return [
    {
      id: 'google-account-name',
      severity: 'error',
      text: `The service account '${id}', which events are sent with, has ${id.length} characters; Google takes at most ${longestAccount}.`,
      notes: [
        `Give the application a name of at most ${longestAccount - '-events'.length} characters.`,
        'https://docs.cloud.google.com/iam/docs/service-accounts-create',
      ],
      target,
    },
  ]
}
