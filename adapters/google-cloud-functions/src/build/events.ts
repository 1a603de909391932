import type { EmittedEntry, EventDeployable, Plan } from '@isobar/compiler'
import { eventSource, longestAckSeconds, type EventsContext } from '@isobar/google-events/build'

export function eventsContext(plan: Plan, settings: { timeoutSeconds: number; unwrapped: boolean }): EventsContext {
  return {
    application: plan.application,
    target: plan.target,
    events: plan.events,
    destination: (name) => {
      const fn = `google_cloudfunctions2_function.${name}`
      const url = `\${${fn}.service_config[0].uri}`
      return { endpoint: url, audience: url, service: `\${${fn}.name}` }
    },
    // A message that takes longer than Pub/Sub waits would be delivered a second time meanwhile.
    timeoutSeconds: Math.min(settings.timeoutSeconds, longestAckSeconds),
    unwrapped: settings.unwrapped,
  }
}

/** The function of one event function, and what it loads when it sets an event aside for the first time. */
export function eventEntries(plan: Plan, event: EventDeployable, context: EventsContext): EmittedEntry[] {
  const { name, modules } = event
  const { imports, members } = eventSource(event, context)
  const publishes = event.function.kind !== 'schedule'
  const source = [
    "import { http } from '@google-cloud/functions-framework'",
    `import { ${['eventFunction', 'load', ...imports, ...(publishes ? ['topicPublisher'] : [])].join(', ')} } from '@isobar/google-cloud-functions'`,
    '',
    ...modules.map(({ statement }) => statement),
    '',
    ...(publishes
      ? ["const publish = topicPublisher(() => import(new URL('google-auth.mjs', import.meta.url).href))", '']
      : []),
    `http(${JSON.stringify(name)}, eventFunction({`,
    `  target: ${JSON.stringify(plan.target)},`,
    `  name: ${JSON.stringify(name)},`,
    ...members.map((member) => `  ${member},`),
    '}))',
    '',
  ].join('\n')
  return [
    { functions: [name], file: `${name}/index.mjs`, handler: name, source },
    ...(publishes ? [authEntry(name)] : []),
  ]
}

/** Beside the function, not in it: it is 700 kB and would cost every cold start 60 ms. */
function authEntry(name: string): EmittedEntry {
  return {
    functions: [],
    file: `${name}/google-auth.mjs`,
    source: "export { GoogleAuth } from '@isobar/google-cloud-functions/google-auth'\n",
  }
}
