import { join } from 'node:path'

import { bootGoogleServices } from '../google-services.ts'
import type { Host } from '../types.ts'

/** Boots the artifact itself, which is what the container runs: `node server.mjs`. */
export const cloudRunHost: Host = {
  platform: 'cloud-run',
  boot(directory, manifest, options) {
    return bootGoogleServices(manifest, options, {
      platform: 'cloud-run',
      runtime: { name: 'node', version: process.versions.node },
      // https://docs.cloud.google.com/run/docs/container-contract#instance-shutdown
      graceMs: 10_000,
      process: (service, env) => ({
        script: join(directory, service.entry),
        cwd: directory,
        env: { NODE_ENV: 'production', HOST: '127.0.0.1', ...env },
      }),
    })
  },
}
