import { once } from 'node:events'
import { createServer, request as forward, type Server } from 'node:http'
import { registerHooks } from 'node:module'
import { Server as NetServer, type AddressInfo } from 'node:net'
import { vi } from 'vitest'

/**
 * The vendor's library in its real mode. It asks for `@azure/functions-core`, which Azure's Node worker answers and npm
 * does not have; here the few members that the library calls are answered.
 */
interface FunctionsCore {
  registerFunction(metadata: Metadata, callback: Callback): { dispose(): void }
  registerHook(): { dispose(): void }
  setProgrammingModel(model: Model): void
  log(level: string, category: string, message: string): void
}

type Callback = (...inputs: unknown[]) => unknown

interface Metadata {
  name: string
  bindings: Record<string, Record<string, unknown>>
  retryOptions?: unknown
}

interface Model {
  getCapabilities(defaults: object): Promise<{ HttpUri?: string }>
  getInvocationModel(context: object): {
    getArguments(): Promise<{ context: object; inputs: unknown[] }>
    invokeFunction(context: object, inputs: unknown[], callback: Callback): Promise<unknown>
    getResponse(context: object, result: unknown): Promise<RpcResponse>
  }
}

export interface RpcResponse {
  /** What the function wrote to its extra outputs. */
  outputData: { name: string; data: { bytes?: Uint8Array; string?: string; json?: string } }[]
  returnValue?: {
    http?: { statusCode: string; headers: Record<string, string>; cookies: object[]; body: { bytes: Uint8Array } }
  }
}

const registered = new Map<string, { metadata: Metadata; callback: Callback }>()
let model: Model | undefined
let invocations = 0

/** What was logged through the invocation contexts, oldest first. */
export const logged: { level: string; category: string; message: string }[] = []

const core: FunctionsCore = {
  registerFunction(metadata, callback) {
    registered.set(metadata.name, { metadata, callback })
    return { dispose: () => undefined }
  },
  registerHook: () => ({ dispose: () => undefined }),
  setProgrammingModel: (given) => (model = given),
  log: () => undefined,
}

const place = Symbol.for('isobar.test.functions-core')
Object.defineProperty(globalThis, place, { value: core })
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@azure/functions-core'
      ? { url: 'test:functions-core', format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === 'test:functions-core'
      ? {
          format: 'commonjs',
          source: `module.exports = globalThis[Symbol.for('${Symbol.keyFor(place)}')]`,
          shortCircuit: true,
        }
      : next(url, context),
})

/** Invokes a registered function as the worker does, with the data that the host sends for its trigger. */
export async function invoke(
  name: string,
  data: object,
  triggerMetadata: object = {},
  id?: string,
  retryContext: { retryCount: number; maxRetryCount: number } | null = null,
): Promise<RpcResponse> {
  const { metadata, callback } = registered.get(name) ?? fail(`No function '${name}' was registered.`)
  const invocationId = id ?? `00000000-0000-0000-0000-${String(++invocations).padStart(12, '0')}`
  const [binding] = Object.keys(metadata.bindings)
  const invocation = (model ?? fail('The library has set no model.')).getInvocationModel({
    invocationId,
    metadata,
    state: 'invocation',
    log: (level: string, category: string, message: string) => logged.push({ level, category, message }),
    request: {
      invocationId,
      functionId: name,
      inputData: [{ name: binding, data }],
      triggerMetadata,
      traceContext: {
        traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        traceState: '',
        attributes: {},
      },
      retryContext,
    },
  })
  const { context, inputs } = await invocation.getArguments()
  return invocation.getResponse(context, await invocation.invokeFunction(context, inputs, callback))
}

/** The bindings of a registered function, the trigger's first. */
export function bindingsOf(name: string): Record<string, unknown>[] {
  const { metadata } = registered.get(name) ?? fail(`No function '${name}' was registered.`)
  return Object.values(metadata.bindings)
}

/** A door like the host's in an app with streams: forwards each request to the library's proxy and invokes. */
export async function openDoor(name: string): Promise<{ server: Server; port: number }> {
  // The library's proxy would listen on every interface.
  const listen = NetServer.prototype.listen
  const onLoopback = vi.spyOn(NetServer.prototype, 'listen').mockImplementationOnce(function (this: NetServer, ready) {
    return Reflect.apply(listen, this, [0, '127.0.0.1', ready])
  })
  const { HttpUri } = await (model ?? fail('The library has set no model.')).getCapabilities({})
  onLoopback.mockRestore()
  const uri = HttpUri ?? fail('The library has started no HTTP proxy.')
  const server = createServer((request, response) => {
    const id = `stream-${++invocations}`
    const { method, url: path, headers: own } = request
    const headers = {
      ...own,
      'x-ms-invocation-id': id,
      'x-forwarded-host': 'app.example',
      'x-forwarded-proto': 'https',
    }
    const onward = forward(
      uri,
      { agent: false, ...(method && { method }), ...(path && { path }), headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.rawHeaders)
        answer.pipe(response)
        answer.on('error', () => response.destroy())
      },
    )
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
    void invoke(name, { http: {} }, { Query: { json: '{}' }, Headers: { json: JSON.stringify(own) } }, id)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, port }
}

function fail(message: string): never {
  throw new Error(message)
}
