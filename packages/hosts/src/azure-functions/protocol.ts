/**
 * What travels between the host and its Node worker. The shapes are those of Azure's own protocol after its worker has
 * filled in protobuf's defaults:
 * https://github.com/Azure/azure-functions-language-worker-protobuf/blob/dev/src/proto/FunctionRpc.proto
 */
export type HostMessage =
  | { type: 'workerInitRequest'; functionAppDirectory: string; main: string; hostVersion: string }
  | { type: 'invocationRequest'; request: InvocationRequest }
  | { type: 'workerTerminate' }

export type WorkerMessage =
  | {
      type: 'workerInitResponse'
      capabilities: Record<string, string>
      functions: FunctionMetadata[]
      model?: { name: string; version: string }
    }
  | { type: 'workerInitFailure'; message: string }
  | { type: 'rpcLog'; level: LogLevel; category: string; logCategory: LogCategory; message: string }
  | InvocationBegun
  | { type: 'invocationResponse'; response: InvocationResponse }
  | { type: 'invocationFailure'; invocationId: string; message: string; stack?: string }

/** Ours: what a worker that ends had begun with is lost, the rest another worker may have. */
export interface InvocationBegun {
  type: 'invocationBegun'
  invocationId: string
}

export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none'
export type LogCategory = 'user' | 'system' | 'customMetric'

export interface FunctionMetadata {
  name: string
  functionId: string
  bindings: Record<string, Binding>
  retryOptions?: unknown
}

export interface Binding {
  type: string
  direction: string
  name?: string
  route?: string
  methods?: string[]
  authLevel?: string
}

export interface InvocationRequest {
  invocationId: string
  functionId: string
  inputData: { name: string; data: TypedData }[]
  triggerMetadata: Record<string, TypedData>
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> }
  retryContext: null
}

export interface InvocationResponse {
  invocationId: string
  outputData: { name: string; data: TypedData }[]
  returnValue?: TypedData | null
}

/** One member is set; none stands for null. */
export interface TypedData {
  string?: string
  json?: string
  bytes?: Uint8Array
  http?: RpcHttp
}

export interface RpcHttp {
  method?: string
  url?: string
  nullableHeaders?: Record<string, NullableString>
  nullableQuery?: Record<string, NullableString>
  nullableParams?: Record<string, NullableString>
  body?: TypedData
  statusCode?: string
  headers?: Record<string, string>
  cookies?: RpcHttpCookie[]
  enableContentNegotiation?: boolean
}

export interface NullableString {
  value: string
}

export interface RpcHttpCookie {
  name: string
  value: string
  domain?: NullableString
  path?: NullableString
  expires?: { value: { seconds: number | { low: number; high: number } } }
  secure?: { value: boolean }
  httpOnly?: { value: boolean }
  sameSite?: 'none' | 'lax' | 'strict' | 'explicitNone'
  maxAge?: { value: number }
}
