import { createPlan } from './plan.ts'
import type { Plan, PlannedEvent, PlannedHttp } from '../types.ts'

/**
 * A plan as the compiler makes it, for tests of build halves: the application `shop`, whose function `get-order`
 * (`GET /orders/:id`) is served by the shared deployable `http`, and whose function `report` (every method of `/report`)
 * is deployed on its own.
 *
 * @param events event functions beside them, such as some of `sampleEvents`. Default: none.
 */
export function samplePlan(target: string, events: readonly PlannedEvent[] = []): Plan {
  const functions = [order, report, ...events]
  return createPlan({ application: 'shop', target, isobar: '0.0.0', functions, toProject: '../../..' })
}

const order: PlannedHttp = {
  name: 'get-order',
  kind: 'http',
  trigger: { route: '/orders/:id', methods: ['GET'] },
  source: 'functions/orders.ts',
  exported: 'getOrder',
  line: 3,
}

const report: PlannedHttp = {
  name: 'report',
  kind: 'http',
  trigger: { route: '/report', deploy: 'own' },
  source: 'functions/report.ts',
  exported: 'report',
  line: 3,
}

const named = (logical: string): PlannedEvent['resource'] => ({ logical, physical: logical })
const place = (exported: string, line: number): Pick<PlannedEvent, 'source' | 'exported' | 'line'> => ({
  source: 'functions/events.ts',
  exported,
  line,
})

/** One event function of each kind. */
export const sampleEvents: { [Event in PlannedEvent as Event['kind']]: Event } = {
  queue: { name: 'ship', kind: 'queue', trigger: { queue: 'orders' }, resource: named('orders'), ...place('ship', 3) },
  topic: {
    name: 'index-price',
    kind: 'topic',
    trigger: { topic: 'prices' },
    resource: named('prices'),
    ...place('indexPrice', 7),
  },
  schedule: {
    name: 'nightly',
    kind: 'schedule',
    trigger: { cron: '30 2 * * MON-FRI' },
    resource: named('nightly'),
    cron: { minute: [30], hour: [2], dayOfMonth: '*', month: '*', dayOfWeek: [1, 2, 3, 4, 5] },
    ...place('nightly', 11),
  },
  storage: {
    name: 'thumbnail',
    kind: 'storage',
    trigger: { bucket: 'uploads' },
    resource: named('uploads'),
    ...place('thumbnail', 15),
  },
  stream: {
    name: 'count-clicks',
    kind: 'stream',
    trigger: { stream: 'clicks' },
    resource: named('clicks'),
    ...place('countClicks', 19),
  },
  changes: {
    name: 'sync-users',
    kind: 'changes',
    trigger: { table: 'users' },
    resource: named('users'),
    ...place('syncUsers', 23),
  },
  event: {
    name: 'placed',
    kind: 'event',
    trigger: { type: 'com.example.order.placed' },
    resource: named('com.example.order.placed'),
    ...place('placed', 27),
  },
}
