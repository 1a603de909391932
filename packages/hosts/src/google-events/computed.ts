/** Where a target is deployed. */
export interface Place {
  project: string
  /** The project's number. */
  number: string
  region: string
}

/**
 * Attributes that the provider computes, as its documents give them:
 * https://github.com/hashicorp/terraform-provider-google/tree/main/website/docs/r
 * @param written gives an argument of the resource.
 * @returns undefined for an attribute that is none of them.
 */
export function computed(
  type: string,
  path: readonly string[],
  written: (name: string) => string | undefined,
  place: Place,
): string | undefined {
  const attribute = path.join('.')
  const name = written('name') ?? ''
  const project = written('project') ?? place.project
  const region = written('location') ?? written('region') ?? place.region
  switch (`${type}.${attribute}`) {
    case 'google_pubsub_topic.id':
      return `projects/${project}/topics/${name}`
    case 'google_pubsub_subscription.id':
      return `projects/${project}/subscriptions/${name}`
    case 'google_cloudfunctions2_function.id':
      return `projects/${project}/locations/${region}/functions/${name}`
    case 'google_cloudfunctions2_function.url':
      return functionUrl(name, { ...place, project, region })
    case 'google_cloudfunctions2_function.service_config.0.uri':
    case 'google_cloud_run_v2_service.uri':
    case 'google_cloud_run_service.status.0.url':
      return serviceUrl(name, { ...place, region })
    case 'google_cloudfunctions2_function.service_config.0.service':
    case 'google_cloud_run_v2_service.id':
      return `projects/${project}/locations/${region}/services/${name}`
    case 'google_service_account.email':
      return serviceAccount(written('account_id') ?? '', project)
    case 'google_service_account.member':
      return `serviceAccount:${serviceAccount(written('account_id') ?? '', project)}`
    case 'google_service_account.id':
    case 'google_service_account.name':
      return `projects/${project}/serviceAccounts/${serviceAccount(written('account_id') ?? '', project)}`
    case 'google_project_service_identity.email':
      return serviceAgent(written('service'), place)
    case 'google_project_service_identity.member':
      return `serviceAccount:${serviceAgent(written('service'), place)}`
    case 'google_compute_default_service_account.email':
      return `${place.number}-compute@developer.gserviceaccount.com`
    case 'google_compute_default_service_account.member':
      return `serviceAccount:${place.number}-compute@developer.gserviceaccount.com`
    case 'google_client_config.project':
      return place.project
    case 'google_client_config.region':
      return place.region
    case 'google_storage_project_service_account.email_address':
      return `service-${place.number}@gs-project-accounts.iam.gserviceaccount.com`
    case 'google_storage_project_service_account.member':
      return `serviceAccount:service-${place.number}@gs-project-accounts.iam.gserviceaccount.com`
    case 'google_eventarc_channel.id':
      return `projects/${project}/locations/${region}/channels/${name}`
    case 'google_eventarc_trigger.id':
      return `projects/${project}/locations/${region}/triggers/${name}`
    case 'google_cloud_scheduler_job.id':
      return `projects/${project}/locations/${region}/jobs/${name}`
    case 'google_storage_bucket.id':
      return name
    case 'google_project.project_id':
      return written('project_id') ?? place.project
    case 'google_project.number':
      return place.number
    case 'google_project.id':
      return `projects/${written('project_id') ?? place.project}`
  }
  return undefined
}

function serviceAccount(account: string, project: string): string {
  return `${account}@${project}.iam.gserviceaccount.com`
}

/** The account that a service of Google's acts as: https://cloud.google.com/iam/docs/service-agents */
function serviceAgent(service: string | undefined, { number }: Place): string {
  return `service-${number}@gcp-sa-${service?.split('.')[0]}.iam.gserviceaccount.com`
}

/** The deterministic URL of a service: https://cloud.google.com/run/docs/triggering/https-request#deterministic */
export function serviceUrl(name: string, { number, region }: Place): string {
  return `https://${name}-${number}.${region}.run.app`
}

/** https://cloud.google.com/functions/docs/calling/http#url */
export function functionUrl(name: string, { project, region }: Place): string {
  return `https://${region}-${project}.cloudfunctions.net/${name}`
}
