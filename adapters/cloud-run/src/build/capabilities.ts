import type { Capabilities } from '@isobar/core'
import { eventCapabilities } from '@isobar/google-events/build'

const contract = 'https://docs.cloud.google.com/run/docs/container-contract'

export const capabilities: Capabilities = {
  ...eventCapabilities,
  'http.anyMethod': true,
  'http.trustedHost': {
    absent: "The container gets the client's Host header and nothing beside it; the option `origin` fixes the host.",
    because: 'platform',
    source: contract,
  },
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
  'http.streamAbort': true,
  'http.clientGone': true,
  'http.backPressure': true,
  'http.authenticateHeader': true,
  'http.serverHeaders': true,
  'http.waitUntilAfterResponse': {
    absent: 'The CPU is taken away once the answer is complete, so the end of the answer waits for the work.',
    because: 'platform',
    source: 'https://docs.cloud.google.com/run/docs/tips/general#background-activity',
  },
  'http.traceParent': {
    absent: 'The front end puts its own span in the place of the parent; the trace id is kept.',
    because: 'platform',
    source: 'https://docs.cloud.google.com/run/docs/trace',
  },
  'process.survivesFault': {
    absent: 'An error that nobody handles ends the container, and a new one is started.',
    because: 'platform',
    source: contract,
  },
  'process.moduleError': {
    absent: 'A container whose server does not start is answered for by the front end.',
    because: 'platform',
    source: 'https://docs.cloud.google.com/run/docs/troubleshooting#container-failed-to-start',
  },
}
