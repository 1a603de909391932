import { createPlan } from './plan.ts'
import type { Plan, PlannedFunction } from '../types.ts'

/**
 * A plan as the compiler makes it, for tests of build halves: the application `shop`, whose function `get-order`
 * (`GET /orders/:id`) is served by the shared deployable `http`, and whose function `report` (every method of `/report`)
 * is deployed on its own.
 */
export function samplePlan(target: string): Plan {
  return createPlan({ application: 'shop', target, isobar: '0.0.0', functions: [order, report], toProject: '../../..' })
}

const order: PlannedFunction = {
  name: 'get-order',
  kind: 'http',
  trigger: { route: '/orders/:id', methods: ['GET'] },
  source: 'functions/orders.ts',
  exported: 'getOrder',
  line: 3,
}

const report: PlannedFunction = {
  name: 'report',
  kind: 'http',
  trigger: { route: '/report', deploy: 'own' },
  source: 'functions/report.ts',
  exported: 'report',
  line: 3,
}
