import type { EventsTerraform } from '@isobar/google-events/build'

/** `main` is what the framework loads; the framework is the one thing outside the bundle. */
export function functionPackage(name: string): string {
  return json({
    name,
    private: true,
    type: 'module',
    main: 'index.mjs',
    dependencies: { '@google-cloud/functions-framework': '^5.0.5' },
  })
}

export interface CloudFunction {
  name: string
  /** The name under which the function is registered, and the folder of its source. */
  entryPoint: string
  timeoutSeconds: number
  /** It gets events: only who sends them may call it. */
  events: boolean
}

/**
 * Terraform in JSON syntax: one function per folder, with its source in a bucket. Those that serve http are open to everybody.
 * https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/cloudfunctions2_function.html.markdown
 */
export function terraform(functions: readonly CloudFunction[], events: EventsTerraform): string {
  const open = functions.filter((fn) => !fn.events)
  const hasEvents = functions.some((fn) => fn.events)
  const { google_cloud_run_service_iam_member: invokers, ...others } = hasEvents ? events.resource : {}
  const each = <T>(make: (fn: CloudFunction) => T): Record<string, T> =>
    Object.fromEntries(functions.map((fn) => [fn.entryPoint, make(fn)]))
  return json({
    terraform: {
      ...(hasEvents && { required_version: '>= 1.4' }),
      required_providers: {
        archive: { source: 'hashicorp/archive', version: '~> 2.7' },
        google: { source: 'hashicorp/google', version: '>= 6.0' },
      },
    },
    variable: { project: { type: 'string' }, region: { type: 'string', default: 'europe-west1' }, ...events.variable },
    provider: { google: { project: '${var.project}', region: '${var.region}' } },
    data: {
      archive_file: each(({ entryPoint }) => ({
        type: 'zip',
        source_dir: `\${path.module}/${entryPoint}`,
        output_path: `\${path.module}/.terraform/${entryPoint}.zip`,
      })),
      ...(hasEvents && events.data),
    },
    resource: {
      google_storage_bucket: {
        source: {
          name: `\${var.project}-${functions[0]?.name ?? 'functions'}-source`,
          location: '${var.region}',
          uniform_bucket_level_access: true,
        },
      },
      google_storage_bucket_object: each(({ entryPoint }) => ({
        name: `${entryPoint}-\${data.archive_file.${entryPoint}.output_md5}.zip`,
        bucket: '${google_storage_bucket.source.name}',
        source: `\${data.archive_file.${entryPoint}.output_path}`,
      })),
      google_cloudfunctions2_function: each(cloudFunction),
      // Without it only callers with an identity get through.
      google_cloud_run_service_iam_member: { ...Object.fromEntries(open.map(openToAll)), ...invokers },
      ...others,
    },
    output: { urls: { value: Object.fromEntries(open.map(urlOf)) } },
  })
}

function openToAll({ entryPoint }: CloudFunction): [string, object] {
  return [
    entryPoint,
    {
      location: '${var.region}',
      service: `\${google_cloudfunctions2_function.${entryPoint}.name}`,
      role: 'roles/run.invoker',
      member: 'allUsers',
    },
  ]
}

function urlOf({ entryPoint }: CloudFunction): [string, string] {
  return [entryPoint, `\${google_cloudfunctions2_function.${entryPoint}.url}`]
}

function cloudFunction({ name, entryPoint, timeoutSeconds, events }: CloudFunction): object {
  return {
    name,
    location: '${var.region}',
    build_config: {
      runtime: 'nodejs22',
      entry_point: entryPoint,
      source: {
        storage_source: {
          bucket: '${google_storage_bucket.source.name}',
          object: `\${google_storage_bucket_object.${entryPoint}.name}`,
        },
      },
    },
    service_config: {
      timeout_seconds: timeoutSeconds,
      available_memory: '256M',
      environment_variables: {
        // A space: no route at all. Unset, the framework answers /favicon.ico and /robots.txt with 404 itself.
        // https://github.com/GoogleCloudPlatform/functions-framework-nodejs/blob/main/src/server.ts
        IGNORED_ROUTES: ' ',
        ...(events && { GOOGLE_CLOUD_PROJECT: '${var.project}' }),
      },
      ...(events && eventSettings),
    },
  }
}

/** Senders of Google's are internal: https://docs.cloud.google.com/run/docs/securing/ingress#internal-services */
const eventSettings = {
  ingress_settings: 'ALLOW_INTERNAL_ONLY',
  service_account_email: '${google_service_account.events.email}',
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
