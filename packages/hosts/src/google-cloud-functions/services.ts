import { dirname, join } from 'node:path'

import type { Manifest } from '@isobar/compiler'

import { required } from '../google-events/block.ts'
import { functionUrl, serviceUrl } from '../google-events/computed.ts'
import { mayInvoke, readGrants } from '../google-events/iam.ts'
import type { Declared, Terraform } from '../google-events/terraform.ts'
import type { GoogleService } from '../google-service.ts'
import { httpServices } from '../google-services.ts'
import { ownScript } from '../own-script.ts'

// Defaults: https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/r/cloudfunctions2_function.html.markdown
const defaultTimeoutSeconds = 60
const defaultConcurrency = 1
/** https://cloud.google.com/functions/docs/configuring/max-instances */
const defaultMaxInstances = 100

/**
 * The functions of a built target, each in a framework of its own: those that its Terraform file declares, or, where it
 * has none, the http functions of its manifest.
 * @param framework the script that starts functions-framework
 */
export function cloudFunctions(
  directory: string,
  manifest: Manifest,
  terraform: Terraform,
  framework: string,
): GoogleService[] {
  const runtime = (entry: string): GoogleService['runtime'] => ({
    script: framework,
    cwd: dirname(join(directory, entry)),
    preload: [ownScript('#google-cloud-functions/resolve')],
  })
  const declared = terraform.resources('google_cloudfunctions2_function')
  if (declared.length > 0) return declared.map((one) => declaredFunction(one, manifest, terraform, runtime))
  return httpServices(manifest).map(({ name, door, entry, handler }) => ({
    name,
    door,
    entry,
    runtime: runtime(entry),
    env: {
      ...platformEnv(handler ?? name, 'http'),
      // As the target's deploy file sets it: without it the framework answers 404 for /favicon.ico and /robots.txt
      // itself (functions-framework-nodejs, src/server.ts).
      IGNORED_ROUTES: ' ',
    },
    timeoutMs: Infinity,
    concurrency: Infinity,
    maxInstances: 1,
  }))
}

function declaredFunction(
  block: Declared,
  manifest: Manifest,
  terraform: Terraform,
  runtime: (entry: string) => GoogleService['runtime'],
): GoogleService {
  const name = required(block, 'name', block.text('name'))
  const target = required(block, 'build_config.entry_point', block.block('build_config')?.text('entry_point'))
  const built = manifest.functions.find(({ handler }) => handler === target)
  if (built === undefined) throw new Error(`${block.where}: no function of this target is registered as ${target}.`)
  const config = block.block('service_config')
  const signature = block.block('event_trigger') === undefined ? 'http' : 'cloudevent'
  const place = { ...terraform.place, region: block.text('location') ?? terraform.place.region }
  const grants = readGrants(terraform)
  const service = {
    name,
    entry: built.entry,
    runtime: runtime(built.entry),
    env: { ...platformEnv(target, signature), ...config?.texts('environment_variables') },
    timeoutMs: (config?.number('timeout_seconds') ?? defaultTimeoutSeconds) * 1000,
    concurrency: config?.number('max_instance_request_concurrency') ?? defaultConcurrency,
    maxInstances: config?.number('max_instance_count') ?? defaultMaxInstances,
  }
  if (built.kind === 'http') {
    return { ...service, door: httpServices(manifest).find(({ handler }) => handler === target)?.door }
  }
  return {
    ...service,
    door: undefined,
    events: {
      urls: [functionUrl(name, place), serviceUrl(name, place)],
      // The default account is granted when a function is deployed; nothing in the deploy files says so.
      lets: (account) =>
        account === `${place.number}-compute@developer.gserviceaccount.com` || mayInvoke(grants, name, account),
      functionAt: () => built.name,
    },
  }
}

/** What the platform sets: https://cloud.google.com/functions/docs/configuring/env-var#runtime_environment_variables_set_automatically */
function platformEnv(target: string, signature: 'http' | 'cloudevent'): Record<string, string> {
  return { FUNCTION_TARGET: target, FUNCTION_SIGNATURE_TYPE: signature, NODE_ENV: 'production' }
}
