/**
 * What travels between the host and its Node worker. The shapes are those of Azure's own protocol after its worker has
 * filled in protobuf's defaults:
 * https://github.com/Azure/azure-functions-language-worker-protobuf/blob/dev/src/proto/FunctionRpc.proto
 */
export type HostMessage =
  | { type: 'workerInitRequest'; functionAppDirectory: string; main: string; hostVersion: string }
  /** `now` is ours: the time on the host's clock, where that is not the system's. */
  | { type: 'invocationRequest'; request: InvocationRequest; now?: number }
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
  retryOptions?: RetryOptions
}

/** As the library registers it, intervals rounded to whole seconds. */
export interface RetryOptions {
  retryStrategy?: string
  /** Of retries, the first try not counted; -1: for ever. */
  maxRetryCount?: number
  delayInterval?: RpcDuration
  minimumInterval?: RpcDuration
  maximumInterval?: RpcDuration
}

export interface RpcDuration {
  seconds?: number
}

export interface Binding {
  type: string
  direction: string
  name?: string
  route?: string
  methods?: string[]
  authLevel?: string
  /** Name of an app setting, or the prefix of several. */
  connection?: string
  /** @default 'string' */
  dataType?: string
  /** @default 'one' */
  cardinality?: string
  queueName?: string
  topicName?: string
  subscriptionName?: string
  isSessionsEnabled?: boolean
  schedule?: string
  runOnStartup?: boolean
  useMonitor?: boolean
  eventHubName?: string
  databaseName?: string
  containerName?: string
  maxItemsPerInvocation?: number
  changeFeedMode?: string
  path?: string
  source?: string
}

export interface InvocationRequest {
  invocationId: string
  functionId: string
  inputData: { name: string; data: TypedData }[]
  triggerMetadata: Record<string, TypedData>
  traceContext: { traceParent: string; traceState: string; attributes: Record<string, string> }
  retryContext: RetryContext | null
}

/** Only where the function has a retry policy; `retryCount` is 0 in the first try. */
export interface RetryContext {
  retryCount: number
  maxRetryCount: number
  exception?: { message: string; source: string; stackTrace: string }
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
  int?: number
  double?: number
  collectionBytes?: { bytes: Uint8Array[] }
  collectionString?: { string: string[] }
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
