import { join } from 'node:path'

import { readTerraform } from '../google-events/terraform.ts'
import { bootGoogleServices } from '../google-services.ts'
import type { Host } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { cloudFunctions } from './services.ts'

/** Boots each bundle in functions-framework, as the second generation of Cloud Run functions does. */
export const googleCloudFunctionsHost: Host = {
  platform: 'google-cloud-functions',
  async boot(directory, manifest, options) {
    const framework = requireVendor('@google-cloud/functions-framework', directory)
    const terraform = readTerraform(directory)
    return bootGoogleServices(manifest, options, {
      runtime: { name: framework.name, version: framework.version },
      graceMs: 10_000,
      services: cloudFunctions(directory, manifest, terraform, join(framework.directory, 'build/src/main.js')),
      terraform,
    })
  },
}
