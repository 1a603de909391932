import type { Absence, Capabilities, CapabilityKey } from '@isobar/core'
import { eventCapabilities } from './event-capabilities.ts'
import type { FrontDoorName, Settings } from './options.ts'

/** What each front door of Lambda keeps of the HTTP profile. */
export function capabilitiesOf({ frontDoor, origin }: Settings): Capabilities {
  return {
    ...everywhere,
    ...frontDoors[frontDoor],
    ...(origin !== undefined && { 'http.trustedHost': true as const }),
  }
}

const guide = 'https://docs.aws.amazon.com'
const pages = {
  httpApi: `${guide}/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html`,
  restApi: `${guide}/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html`,
  restApiNotes: `${guide}/apigateway/latest/developerguide/api-gateway-known-issues.html`,
  restApiMethods: `${guide}/apigateway/latest/developerguide/how-to-method-settings.html`,
  alb: `${guide}/elasticloadbalancing/latest/application/lambda-functions.html`,
  albHeaders: `${guide}/elasticloadbalancing/latest/application/x-forwarded-headers.html`,
  functionUrl: `${guide}/lambda/latest/dg/urls-invocation.html`,
  streaming: `${guide}/lambda/latest/dg/configuration-response-streaming.html`,
  lifecycle: `${guide}/lambda/latest/dg/lambda-runtime-environment.html`,
  errors: `${guide}/lambda/latest/dg/nodejs-exceptions.html`,
  noDisconnect: 'https://github.com/opennextjs/opennextjs-aws/issues/952',
  decodedPath: 'https://github.com/middleapi/standard-server/pull/93',
}

function absent(what: string, source: string): Absence {
  return { absent: what, because: 'platform', source }
}

/** What is the same at every front door, unless one of them says otherwise below. */
const everywhere: Capabilities = {
  ...eventCapabilities,
  'http.anyMethod': true,
  'http.trustedHost': true,
  'http.rawPath': true,
  'http.escapedPercent': true,
  'http.rawQuery': true,
  'http.repeatedQuery': true,
  'http.repeatedHeaders': true,
  'http.rawText': true,
  'http.rawBody': true,
  'http.chunkedRequest': true,
  'http.setCookieMany': true,
  'http.setCookieRaw': true,
  'http.headContentLength': absent(
    "Lambda's front doors compute content-length from the body, which an answer to HEAD has not",
    pages.httpApi,
  ),
  'http.streaming': absent('the front door sends the answer when the function has returned all of it', pages.streaming),
  'http.streamAbort': true,
  'http.clientGone': absent('Lambda does not tell a function that the client has gone', pages.noDisconnect),
  'http.backPressure': absent('the whole answer is in memory before the front door takes it', pages.streaming),
  'http.authenticateHeader': true,
  'http.serverHeaders': true,
  'http.waitUntilAfterResponse': absent(
    'Lambda freezes the function once it has returned, so the client waits for the work',
    pages.lifecycle,
  ),
  'http.traceParent': true,
  'process.survivesFault': absent('the runtime ends the process, and Lambda starts another one', pages.errors),
  'process.moduleError': absent('Lambda answers itself when a function does not start', pages.errors),
}

const textBodies = (source: string): Absence =>
  absent('a body under a text type comes as a JSON string, in which bytes that are no UTF-8 are replaced', source)

const httpApi: Partial<Capabilities> = {
  'http.rawPath': absent('HTTP APIs hand over the path decoded', pages.decodedPath),
  'http.rawText': textBodies(pages.httpApi),
}

const restApi: Partial<Capabilities> = {
  'http.anyMethod': absent('REST APIs take DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT', pages.restApiMethods),
  'http.rawQuery': absent('REST APIs hand over the query as a decoded map', pages.restApi),
  'http.authenticateHeader': absent(
    'REST APIs rename www-authenticate to x-amzn-Remapped-www-authenticate',
    pages.restApiNotes,
  ),
  'http.serverHeaders': absent('REST APIs rename date and server to x-amzn-Remapped-*', pages.restApiNotes),
}

const albMultiValue: Partial<Capabilities> = {
  'http.trustedHost': absent(
    "a load balancer passes on the client's Host header; the option 'origin' fixes the host",
    pages.albHeaders,
  ),
  'http.rawQuery': absent('load balancers hand over the query as a map, which has no order', pages.alb),
  'http.rawText': textBodies(pages.alb),
}

const alb: Partial<Capabilities> = {
  ...albMultiValue,
  'http.repeatedQuery': absent('without multi-value headers a load balancer hands over the last value only', pages.alb),
  'http.repeatedHeaders': absent(
    'without multi-value headers a load balancer hands over the last value only',
    pages.alb,
  ),
  'http.setCookieMany': absent(
    'without multi-value headers an answer can have one Set-Cookie; two are answered 500',
    pages.alb,
  ),
  'http.setCookieRaw': absent(
    'without multi-value headers an answer can have one Set-Cookie; two are answered 500',
    pages.alb,
  ),
}

const functionUrl: Partial<Capabilities> = {
  'http.rawText': textBodies(pages.functionUrl),
  'http.authenticateHeader': absent('function URLs rename www-authenticate as REST APIs do', pages.restApiNotes),
  'http.serverHeaders': absent('function URLs rename date and server as REST APIs do', pages.restApiNotes),
}

const functionUrlStreaming: Partial<Capabilities> = {
  ...functionUrl,
  'http.streaming': true,
  'http.backPressure': true,
  'http.waitUntilAfterResponse': true,
}

const frontDoors: Record<FrontDoorName, Partial<Record<CapabilityKey, true | Absence>>> = {
  'http-api': httpApi,
  'rest-api': restApi,
  alb,
  'alb-multi-value': albMultiValue,
  'function-url': functionUrl,
  'function-url-streaming': functionUrlStreaming,
}
