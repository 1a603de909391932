import type { Manifest } from '@isobar/compiler'

import { createClock } from '../events/clock.ts'
import { createRecords } from '../events/records.ts'
import type { EventSide } from '../events/types.ts'
import type { GoogleService } from '../google-service.ts'
import type { Instance } from '../instance.ts'
import { listenOnLoopback } from '../running.ts'
import { createEventSide } from './event-side.ts'
import { createGoogleApi } from './google-api.ts'
import { createPubSub } from './pub-sub.ts'
import { createPusher, type Scaling } from './pusher.ts'
import type { EventService } from './service.ts'
import type { Terraform } from './terraform.ts'

/** Google's services around a target's own, from when its processes are started. */
export interface GoogleEvents {
  /** Where the vendor's libraries find Pub/Sub and the metadata server. */
  env: Record<string, string>
  /** @throws Error when the deploy files refer to what is not there */
  connect(
    instances: readonly (readonly [GoogleService, Instance])[],
    startAnother: (service: GoogleService) => Promise<Instance>,
  ): EventSide
  stop(): Promise<void>
}

export async function bootGoogleEvents(manifest: Manifest, terraform: Terraform): Promise<GoogleEvents> {
  const clock = createClock()
  const records = createRecords(clock)
  const pubSub = createPubSub(clock)
  const api = createGoogleApi(pubSub, terraform.place, clock.now)
  const port = await listenOnLoopback(api.server)
  const address = `127.0.0.1:${port}`
  return {
    env: {
      // https://cloud.google.com/pubsub/docs/emulator#env
      PUBSUB_EMULATOR_HOST: address,
      // https://github.com/googleapis/google-cloud-node-core/tree/main/packages/gcp-metadata#environment-variables
      GCE_METADATA_HOST: address,
    },
    connect(instances, startAnother) {
      const all = instances.map(([, instance]) => instance)
      const services = instances.flatMap(([service, instance]): EventService[] => {
        const { name, timeoutMs, env, events } = service
        if (events === undefined) return []
        const { concurrency, maxInstances } = service
        const scaling: Scaling = {
          concurrency,
          maxInstances,
          async startAnother() {
            const another = await startAnother(service)
            all.push(another)
            return another
          },
        }
        return [{ name, timeoutMs, env, ...events, pusher: createPusher(instance, scaling) }]
      })
      const kill = async (): Promise<void> => {
        await Promise.all(crashing(all).map((instance) => instance.kill()))
      }
      return createEventSide({ manifest, terraform, services, clock, records, pubSub, api, kill })
    },
    async stop() {
      api.server.closeAllConnections()
      await new Promise((resolve) => api.server.close(resolve))
    },
  }
}

/**
 * The instances that a crash ends: those that have requests, or else the one that had one last. Others are frozen and cannot
 * crash, and no instance takes others down with it.
 */
function crashing(instances: readonly Instance[]): Instance[] {
  const busy = instances.filter((one) => one.busy)
  if (busy.length > 0) return busy
  return instances.toSorted((a, b) => (b.usedAt ?? 0) - (a.usedAt ?? 0)).slice(0, 1)
}
