import { dirname, join } from 'node:path'

import { bootGoogleServices } from '../google-services.ts'
import type { Host } from '../types.ts'
import { ownScript } from '../own-script.ts'
import { requireVendor } from '../vendor.ts'

/** Boots each bundle in functions-framework, as the second generation of Cloud Run functions does. */
export const googleCloudFunctionsHost: Host = {
  platform: 'google-cloud-functions',
  async boot(directory, manifest, options) {
    const framework = requireVendor('@google-cloud/functions-framework', directory)
    return bootGoogleServices(manifest, options, {
      platform: 'google-cloud-functions',
      runtime: { name: framework.name, version: framework.version },
      graceMs: 10_000,
      process(service, env) {
        const source = dirname(join(directory, service.entry))
        return {
          script: join(framework.directory, 'build/src/main.js'),
          cwd: source,
          preload: [ownScript('#google-cloud-functions/resolve')],
          env: {
            // What the platform sets: https://cloud.google.com/functions/docs/configuring/env-var#runtime_environment_variables_set_automatically
            FUNCTION_TARGET: service.handler ?? service.name,
            FUNCTION_SIGNATURE_TYPE: 'http',
            NODE_ENV: 'production',
            // As the target's deploy file sets it: without it the framework answers 404 for /favicon.ico and /robots.txt
            // itself (functions-framework-nodejs, src/server.ts).
            IGNORED_ROUTES: ' ',
            ...env,
          },
        }
      },
    })
  },
}
