import type { ExecutionContext } from '@cloudflare/workers-types'
import { expectTypeOf, test } from 'vitest'
import type { WorkersExecutionContext } from './native.ts'

test('the type that stands here in place of the runtime’s takes what the runtime gives', () => {
  expectTypeOf<ExecutionContext>().toExtend<WorkersExecutionContext>()
})
