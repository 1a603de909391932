import type { Capabilities } from '@isobar/core'
import { eventCapabilities } from '@isobar/google-events/build'

const framework = 'https://github.com/GoogleCloudPlatform/functions-framework-nodejs'

export const capabilities: Capabilities = {
  ...eventCapabilities,
  'http.anyMethod': true,
  'http.trustedHost': {
    absent: "The function gets the client's Host header and nothing beside it; the option `origin` fixes the host.",
    because: 'platform',
    source: 'https://docs.cloud.google.com/run/docs/container-contract',
  },
  'http.rawPath': true,
  'http.escapedPercent': true,
  'http.rawQuery': true,
  'http.repeatedQuery': true,
  'http.repeatedHeaders': true,
  'http.rawText': true,
  'http.rawBody': {
    absent:
      'The framework parses a body first: it inflates a compressed one, and answers malformed JSON, a charset that it does not know and broken gzip with 400 itself.',
    because: 'platform',
    source: `${framework}/blob/main/src/server.ts`,
  },
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
  // The framework runs a function in a domain (src/function_wrappers.ts): a fault is printed and answered, and ends nothing.
  'process.survivesFault': true,
  'process.moduleError': {
    absent: 'The framework does not start when a module throws while it loads; the front end answers.',
    because: 'platform',
    source: `${framework}/blob/main/src/main.ts`,
  },
}
