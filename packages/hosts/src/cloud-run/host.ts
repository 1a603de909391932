import { join } from 'node:path'

import { serviceUrl } from '../google-events/computed.ts'
import { mayInvoke, readGrants } from '../google-events/iam.ts'
import { readServices, type KnativeService } from '../google-events/knative.ts'
import { readTerraform, type Terraform } from '../google-events/terraform.ts'
import type { GoogleService } from '../google-service.ts'
import { bootGoogleServices, httpServices, type HttpService } from '../google-services.ts'
import type { Host } from '../types.ts'

/** Boots the artifact itself, which is what the container runs: `node server.mjs`. */
export const cloudRunHost: Host = {
  platform: 'cloud-run',
  async boot(directory, manifest, options) {
    const terraform = readTerraform(directory)
    const deployed = readServices(directory, terraform.resolve)
    const open = httpServices(manifest)
    const services = [
      ...open.map((service) =>
        openService(
          directory,
          service,
          deployed.find(({ name }) => name === service.name),
        ),
      ),
      // Nobody but Google's own services is to get to the others.
      ...deployed
        .filter(({ name }) => !open.some((service) => service.name === name))
        .map((service) => closedService(directory, service, terraform)),
    ]
    return bootGoogleServices(manifest, options, {
      runtime: { name: 'node', version: process.versions.node },
      // https://docs.cloud.google.com/run/docs/container-contract#instance-shutdown
      graceMs: 10_000,
      services,
      terraform,
    })
  },
}

/** As `ENV` of the generated Dockerfile, and an address that is not the network's. */
const imageEnv = { NODE_ENV: 'production', HOST: '127.0.0.1' }

function openService(
  directory: string,
  { name, door, entry }: HttpService,
  deployed: KnativeService | undefined,
): GoogleService {
  return {
    name,
    door,
    entry,
    runtime: deployed === undefined ? { script: join(directory, entry), cwd: directory } : command(directory, deployed),
    env: { ...imageEnv, ...deployed?.env },
    timeoutMs: deployed?.timeoutMs ?? Infinity,
    concurrency: deployed?.concurrency ?? Infinity,
    maxInstances: 1,
  }
}

function closedService(directory: string, deployed: KnativeService, terraform: Terraform): GoogleService {
  const { name, env, timeoutMs, concurrency, maxInstances } = deployed
  const grants = readGrants(terraform)
  return {
    name,
    door: undefined,
    entry: deployed.command.join(' '),
    runtime: command(directory, deployed),
    env: { ...imageEnv, ...env },
    timeoutMs,
    concurrency,
    maxInstances,
    events: {
      urls: [serviceUrl(name, terraform.place)],
      lets: (account) => mayInvoke(grants, name, account),
      functionAt: (target) => /^\/\.isobar\/([^/?]+)$/.exec(target)?.[1],
    },
  }
}

function command(
  directory: string,
  { name, command: [program, script, ...args] }: KnativeService,
): GoogleService['runtime'] {
  if (program !== 'node' || script === undefined) {
    throw new Error(`service.yaml: the command of ${name} is ${JSON.stringify(program)}, expected "node" and a script.`)
  }
  return { script: join(directory, script), args, cwd: directory }
}
