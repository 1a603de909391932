import { expect, test } from 'vitest'
import { createPlan } from './plan.ts'
import type { PlannedFunction } from '../types.ts'

function planned(name: string, source: string, exported: string, deploy?: 'own'): PlannedFunction {
  return { name, kind: 'http', trigger: { route: `/${name}`, ...(deploy && { deploy }) }, source, exported, line: 1 }
}

const options = { application: 'shop', target: 'fake', isobar: '1.0.0', toProject: '../../..' }

test('joins shared functions and sets the others apart', () => {
  const { http } = createPlan({
    ...options,
    functions: [
      planned('get-order', 'functions/orders.ts', 'getOrder'),
      planned('slow', 'functions/orders.ts', 'slow', 'own'),
      planned('health', 'functions/health.ts', 'default'),
    ],
  })
  expect(http.map(({ name, modules, functionsLiteral }) => ({ name, modules, functionsLiteral }))).toEqual([
    {
      name: 'http',
      modules: [
        {
          variable: 'orders',
          statement: "const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))",
        },
        {
          variable: 'health',
          statement: "const health = await load('functions/health.ts', () => import('../../../functions/health.ts'))",
        },
      ],
      functionsLiteral: "{ 'get-order': orders.getOrder, health: health.default }",
    },
    {
      name: 'slow',
      modules: [
        {
          variable: 'orders',
          statement: "const orders = await load('functions/orders.ts', () => import('../../../functions/orders.ts'))",
        },
      ],
      functionsLiteral: '{ slow: orders.slow }',
    },
  ])
})

test('names variables free of keywords, globals, each other and what is taken', () => {
  const sources = [
    'a/orders.ts',
    'b/orders.ts',
    'default.ts',
    'fetch.ts',
    '2fa.ts',
    '[id].ts',
    'user-name.ts',
    'handler.ts',
  ]
  const { http } = createPlan({
    ...options,
    functions: sources.map((source, index) => planned(`f${index}`, source, 'x-y')),
    taken: new Set(['handler']),
  })
  expect(http[0]?.modules.map(({ variable }) => variable)).toEqual([
    'orders',
    'ordersModule',
    'defaultModule',
    'fetchModule',
    '_2fa',
    'id',
    'userName',
    'handlerModule',
  ])
  expect(http[0]?.functionsLiteral).toContain("f0: orders['x-y'],\n")
})
