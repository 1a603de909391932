import type { HttpContext, EventContext } from '@isobar/core'
import type { FunctionOutput, HttpRequest, InvocationContext } from '@azure/functions'
import { expectTypeOf, test } from 'vitest'
import { native, type AzureEventContext, type AzureFunctionsEventNative, type AzureFunctionsNative } from './native.ts'

test('the types that stand here in place of the library’s take what the library gives', () => {
  expectTypeOf<HttpRequest>().toExtend<AzureFunctionsNative['request']>()
  expectTypeOf<InvocationContext>().toExtend<AzureFunctionsNative['context']>()
  expectTypeOf<InvocationContext>().toExtend<AzureEventContext>()
  expectTypeOf<FunctionOutput>().toExtend<Parameters<AzureEventContext['extraOutputs']['set']>[0]>()
})

test('native() tells an event function from an http function by its context', () => {
  expectTypeOf((context: EventContext) => native(context)).returns.toEqualTypeOf<AzureFunctionsEventNative>()
  expectTypeOf((context: HttpContext) => native(context)).returns.toEqualTypeOf<AzureFunctionsNative>()
})
