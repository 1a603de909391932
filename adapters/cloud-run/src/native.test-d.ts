import type { IncomingMessage, ServerResponse } from 'node:http'
import { expectTypeOf, test } from 'vitest'
import type { CloudRunNative } from './native.ts'

test('the types that stand here in place of Node’s take what Node gives', () => {
  expectTypeOf<IncomingMessage>().toExtend<CloudRunNative['request']>()
  expectTypeOf<ServerResponse>().toExtend<CloudRunNative['response']>()
})
