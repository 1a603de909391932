import type { ExecutionContext, MessageBatch, Queue, ScheduledController } from '@cloudflare/workers-types'
import type { EventContext, HttpContext } from '@isobar/core'
import { expectTypeOf, test } from 'vitest'
import { eventWorker, queue, queues, worker } from './index.ts'
import {
  native,
  type QueueBatch,
  type WorkersExecutionContext,
  type WorkersNative,
  type WorkersQueueNative,
  type WorkersScheduledController,
  type WorkersScheduledNative,
} from './native.ts'
import type { Producer } from './producer.ts'

test('the types that stand here in place of the runtime’s take what the runtime gives', () => {
  expectTypeOf<ExecutionContext>().toExtend<WorkersExecutionContext>()
  expectTypeOf<MessageBatch>().toExtend<QueueBatch>()
  expectTypeOf<ScheduledController>().toExtend<WorkersScheduledController>()
  expectTypeOf<Queue>().toExtend<Producer>()
})

test('native() is what the trigger gives', () => {
  interface Env {
    PHOTOS: Queue
  }
  expectTypeOf((context: HttpContext) => native<Env>(context)).returns.toEqualTypeOf<WorkersNative<Env>>()
  expectTypeOf((context: EventContext) => native<Env>(context)).returns.toEqualTypeOf<
    WorkersQueueNative<Env> | WorkersScheduledNative<Env>
  >()
})

test('handlers of events fit beside fetch, or alone', () => {
  expectTypeOf(queues).returns.toExtend<Parameters<typeof eventWorker>[0]['queue']>()
  expectTypeOf(queue).returns.toExtend<Parameters<typeof queues>[0][string]>()
  expectTypeOf(worker).returns.toHaveProperty('fetch')
  expectTypeOf(eventWorker).returns.not.toHaveProperty('fetch')
})
