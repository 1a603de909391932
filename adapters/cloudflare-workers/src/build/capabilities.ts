import type { Capabilities } from '@isobar/core'
import { eventCapabilities } from './event-capabilities.ts'

export const capabilities: Capabilities = {
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
  'http.headContentLength': true,
  'http.streaming': true,
  'http.streamAbort': {
    absent: 'Locally, workerd ends a streamed answer cleanly when its body fails, so that it looks complete.',
    because: 'local engine',
    source: 'https://github.com/cloudflare/workerd/issues/6818',
  },
  'http.clientGone': true,
  'http.backPressure': true,
  'http.authenticateHeader': true,
  'http.serverHeaders': {
    absent: "Cloudflare's edge writes date and server itself.",
    because: 'platform',
    source: 'https://developers.cloudflare.com/fundamentals/reference/http-headers/',
  },
  'http.waitUntilAfterResponse': true,
  'http.traceParent': true,
  'process.survivesFault': true,
  'process.moduleError': {
    absent: 'A Worker whose module throws while it loads is refused at deployment, and answers 500 locally.',
    because: 'platform',
    source: 'https://developers.cloudflare.com/workers/observability/errors/',
  },
}
