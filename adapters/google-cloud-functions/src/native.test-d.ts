import type { HttpFunction as FrameworkFunction, Request, Response } from '@google-cloud/functions-framework'
import { expectTypeOf, test } from 'vitest'
import type { HttpFunction } from './index.ts'
import type { CloudFunctionsNative } from './native.ts'

test('the types that stand here in place of the framework’s take what the framework gives', () => {
  expectTypeOf<Request>().toExtend<CloudFunctionsNative['req']>()
  expectTypeOf<Response>().toExtend<CloudFunctionsNative['res']>()
  expectTypeOf<HttpFunction>().toExtend<FrameworkFunction>()
})
