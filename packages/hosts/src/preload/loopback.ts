import { Server } from 'node:net'

/**
 * Loaded first in a runtime's process: every server binds to loopback. functions-framework and a Cloud Run container listen
 * on all interfaces, as their platforms ask for (https://docs.cloud.google.com/run/docs/container-contract); on a
 * developer's machine that would open the functions to the network.
 */
const loopback = '127.0.0.1'

// All forms of https://nodejs.org/api/net.html#serverlisten come down to the arguments of one call.
const { listen } = Server.prototype
Object.defineProperty(Server.prototype, 'listen', {
  configurable: true,
  writable: true,
  value(this: Server, ...args: unknown[]) {
    return Reflect.apply(listen, this, onLoopback(args))
  },
})

function onLoopback(args: unknown[]): unknown[] {
  const [first, ...rest] = args
  if (typeof first === 'object' && first !== null) return [onLoopbackOptions(first), ...rest]
  if (typeof first === 'function') return [0, loopback, ...args]
  // A string that is no number is the path of a local socket.
  if (typeof first === 'string' && !(Number(first) >= 0)) return args
  const [host, ...others] = rest
  if (typeof host === 'string') return [first, isLoopback(host) ? host : loopback, ...others]
  // `listen(port, undefined, backlog)` has an empty place for the host, `listen(port, backlog)` has none.
  return host === undefined || host === null ? [first, loopback, ...others] : [first, loopback, ...rest]
}

function onLoopbackOptions(options: object): object {
  // Without a port it is a handle, a file descriptor or a local socket.
  if (!('port' in options) || options.port === undefined) return options
  if ('host' in options && typeof options.host === 'string' && isLoopback(options.host)) return options
  // An IPv4 address cannot be bound with ipv6Only.
  return Object.assign({}, options, { host: loopback, ipv6Only: false })
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.')
}
