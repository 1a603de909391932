/**
 * A plugin of miniflare's, which loads it into the runner: bindings whose `send` is workerd's own, and whose messages come to
 * our broker over HTTP as soon as they are sent. Miniflare's own would be delivered by its own broker, on the real clock.
 */
interface QueueBinding {
  /** As the Worker's code calls it. */
  name: string
  options: {
    queue: string
    /** Seconds, where the send says none. */
    deliveryDelay: number
    /** Host and port of the broker. */
    broker: string
  }
}

interface Plugin {
  getBindings(bindings?: QueueBinding[]): object[]
  getNodeBindings(): object
  getServices(of: { options?: QueueBinding[] }): object[]
}

/** Not that of one of miniflare's own. */
export const pluginName = 'isobar-queues'

export const plugins: Record<typeof pluginName, Plugin> = {
  [pluginName]: {
    getBindings: (bindings = []) => bindings.map(({ name }) => ({ name, queue: { name: service(name) } })),
    getNodeBindings: () => ({}),
    getServices: ({ options: bindings = [] }) =>
      bindings.map(({ name, options: { queue, deliveryDelay, broker } }) => ({
        name: service(name),
        external: {
          address: broker,
          http: {
            injectRequestHeaders: [
              { name: 'isobar-queue', value: encodeURIComponent(queue) },
              { name: 'isobar-delivery-delay', value: String(deliveryDelay) },
            ],
          },
        },
      })),
  },
}

function service(binding: string): string {
  return `isobar:queue:${binding}`
}
