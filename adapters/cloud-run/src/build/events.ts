import type { Diagnostic, Plan } from '@isobar/compiler'
import { eventsTerraform, longestAckSeconds, type EventsContext } from '@isobar/google-events/build'

/** The service of the events, beside the public one of the same image. */
export function eventsService({ application }: Plan): string {
  return `${application}-events`
}

/** A message that takes longer than Pub/Sub waits would be delivered a second time meanwhile. */
export function eventsTimeout({ timeoutSeconds }: { timeoutSeconds: number }): number {
  return Math.min(timeoutSeconds, longestAckSeconds)
}

export function eventsContext(plan: Plan, settings: { timeoutSeconds: number; unwrapped: boolean }): EventsContext {
  const url = '${data.google_cloud_run_service.events.status[0].url}'
  const service = '${data.google_cloud_run_service.events.name}'
  return {
    application: plan.application,
    target: plan.target,
    events: plan.events,
    destination: (name) => ({
      endpoint: `${url}/.isobar/${name}`,
      audience: url,
      service,
      path: `/.isobar/${name}`,
    }),
    timeoutSeconds: eventsTimeout(settings),
    unwrapped: settings.unwrapped,
  }
}

/**
 * Terraform in JSON syntax for what events need beside the services of service.yaml, which must have been deployed before.
 * https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/d/cloud_run_service.html.markdown
 */
export function triggers(context: EventsContext): string {
  const { data, resource, variable } = eventsTerraform(context)
  const all = {
    // Of `terraform_data`.
    terraform: {
      required_version: '>= 1.4',
      required_providers: { google: { source: 'hashicorp/google', version: '>= 6.0' } },
    },
    variable: { project: { type: 'string' }, region: { type: 'string', default: 'europe-west1' }, ...variable },
    provider: { google: { project: '${var.project}', region: '${var.region}' } },
    data: {
      ...data,
      google_cloud_run_service: { events: { name: `${context.application}-events`, location: '${var.region}' } },
    },
    resource,
  }
  return `${JSON.stringify(all, null, 2)}\n`
}

/** An http function of its own may have taken the name of the service of the events. */
export function checkService(plan: Plan): Diagnostic[] {
  const taken = plan.http.find(({ service }) => service === eventsService(plan))
  const planned = taken?.functions[0]
  if (!planned || plan.events.length === 0) return []
  return [
    {
      id: 'cloud-run-events-service',
      severity: 'error',
      text: `'${planned.name}' would be deployed as the service '${eventsService(plan)}', which is that of the events.`,
      notes: ['Give the function another name.'],
      location: { file: planned.source, line: planned.line, column: 1 },
      target: plan.target,
      function: planned.name,
    },
  ]
}
