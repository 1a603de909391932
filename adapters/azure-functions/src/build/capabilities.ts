import type { Absence, Capabilities, CapabilityKey, EventCapabilityKey } from '@isobar/core'
import { eventCapabilities } from './event-capabilities.ts'
import type { Settings } from './options.ts'

export type FrontDoor = 'streaming' | 'buffered'

const library = 'https://github.com/Azure/azure-functions-nodejs-library'
const host = 'https://github.com/Azure/azure-functions-host'

const platform = (absent: string, source: string): Absence => ({ absent, because: 'platform', source })

const shared = {
  'http.anyMethod': platform(
    'A function is bound to a list of methods; the host answers 404 to every other.',
    'https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#configuration',
  ),
  'http.trustedHost': true,
  // Restored where App Service's front end leaves it in a header (../url.ts), but not every plan has that front end.
  'http.rawPath': platform(
    'The host decodes the path and encodes it again, so `%2F` is a slash and `%41` is A.',
    'https://github.com/dotnet/aspnetcore/issues/44461',
  ),
  'http.escapedPercent': platform(
    'The decoded path is encoded again with its escapes left as they are, so `%2520` is a space for the handler.',
    'https://github.com/dotnet/aspnetcore/blob/main/src/Http/Http.Abstractions/src/PathString.cs',
  ),
  'http.rawQuery': true,
  'http.repeatedQuery': true,
  'http.repeatedHeaders': true,
  'http.rawText': true,
  'http.rawBody': true,
  'http.setCookieMany': true,
  'http.authenticateHeader': true,
  'http.serverHeaders': true,
  'http.traceParent': platform(
    "The host hands over its own span; the trace id is the client's.",
    `${host}/blob/dev/src/WebJobs.Script/Description/Workers/WorkerFunctionInvoker.cs`,
  ),
  'process.survivesFault': platform(
    'An error that nobody handles ends the worker process, and the host starts another.',
    'https://github.com/Azure/azure-functions-nodejs-worker',
  ),
  'process.moduleError': platform(
    'An app whose module throws while it loads has no functions: the host answers 404 or 503.',
    'https://github.com/Azure/azure-functions-nodejs-worker',
  ),
} satisfies Partial<Capabilities>

/** What a target of these options can do. */
export function capabilitiesOf({ frontDoor, queues }: Pick<Settings, 'frontDoor' | 'queues'>): Capabilities {
  return { ...shared, ...ways[frontDoor], ...eventCapabilities(queues) }
}

type WayKey = Exclude<CapabilityKey, keyof typeof shared | EventCapabilityKey>

/** What both ways of handing over an answer can do; the host buffers unless the app asks for streams. */
const ways: Record<FrontDoor, Pick<Capabilities, WayKey>> = {
  streaming: {
    'http.chunkedRequest': true,
    'http.setCookieRaw': true,
    'http.headContentLength': true,
    'http.streaming': true,
    'http.streamAbort': true,
    'http.clientGone': true,
    'http.backPressure': true,
    'http.waitUntilAfterResponse': true,
  },
  buffered: {
    'http.chunkedRequest': platform(
      'The host reads a body only when the request has a content-length.',
      `${host}/blob/dev/src/WebJobs.Script.Grpc/MessageExtensions/GrpcMessageConversionExtensions.cs`,
    ),
    'http.setCookieRaw': platform(
      'The host encodes the values of several cookies again.',
      `${host}/blob/dev/src/WebJobs.Script/Binding/Http/RawScriptResult.cs`,
    ),
    'http.headContentLength': true,
    'http.streaming': platform(
      'The answer goes to the host in one message.',
      'https://learn.microsoft.com/azure/azure-functions/functions-reference-node#http-streams',
    ),
    // Nothing is sent before the body is complete, so that a body that fails is a 500.
    'http.streamAbort': true,
    'http.clientGone': platform('The answer is complete before it is sent.', library),
    'http.backPressure': platform('The answer is held in memory before it is sent.', library),
    'http.waitUntilAfterResponse': platform(
      'The answer leaves when the function returns, so it waits for the work.',
      library,
    ),
  },
}
