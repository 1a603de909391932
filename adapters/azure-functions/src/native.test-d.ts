import type { HttpRequest, InvocationContext } from '@azure/functions'
import { expectTypeOf, test } from 'vitest'
import type { AzureFunctionsNative } from './native.ts'

test('the types that stand here in place of the library’s take what the library gives', () => {
  expectTypeOf<HttpRequest>().toExtend<AzureFunctionsNative['request']>()
  expectTypeOf<InvocationContext>().toExtend<AzureFunctionsNative['context']>()
})
