import { expect, test } from 'vitest'

import { createLogger, loadModule, type LogScope } from './log.ts'

function capture(): { lines: string[]; log: ReturnType<typeof createLogger> } {
  const lines: string[] = []
  const scope: LogScope = { invocationId: 'i1', function: 'f', traceId: 't1', spanId: 's1' }
  const labels = { debug: {}, info: { severity: 'INFO' }, warn: {}, error: {} }
  return { lines, log: createLogger({ write: (line) => lines.push(line), labels }, scope) }
}

function only(lines: string[]): Record<string, unknown> {
  expect(lines).toHaveLength(1)
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>
}

test('a line has time, level, message, fields and ids, and is one line', () => {
  const { lines, log } = capture()
  log.info('two\nlines', { order: 7 })
  expect(lines[0]).not.toContain('\n')
  expect(only(lines)).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'INFO',
    severity: 'INFO',
    message: 'two\nlines',
    invocationId: 'i1',
    function: 'f',
    traceId: 't1',
    spanId: 's1',
    fields: { order: 7 },
  })
})

test('an Error is written with name, message, stack, cause and its own fields', () => {
  const { lines, log } = capture()
  log.error('x', { error: Object.assign(new TypeError('bad', { cause: new Error('why') }), { code: 'E1' }) })
  expect(only(lines)).toMatchObject({
    fields: {
      error: {
        name: 'TypeError',
        message: 'bad',
        stack: expect.stringContaining('bad'),
        code: 'E1',
        cause: { message: 'why' },
      },
    },
  })
})

test('nothing that is logged can throw', () => {
  const { lines, log } = capture()
  const circular: Record<string, unknown> = { big: 1n }
  circular['self'] = circular
  const hostile = {
    get boom(): never {
      throw new Error('no')
    },
  }
  const shared = { a: 1 }
  log.warn('x', { circular, hostile, shared: [shared, shared], date: new Date(0), fn: () => 1, symbol: Symbol('s') })
  expect(only(lines)).toMatchObject({
    fields: {
      circular: { big: '1', self: '[circular]' },
      hostile: expect.stringContaining('unreadable'),
      shared: [{ a: 1 }, { a: 1 }],
      date: '1970-01-01T00:00:00.000Z',
    },
  })
})

test('objects that share parts do not grow without end', () => {
  const { lines, log } = capture()
  let shared: unknown = 'leaf'
  for (let level = 0; level < 40; level++) shared = { left: shared, right: shared }
  let deep: unknown = 'leaf'
  for (let level = 0; level < 50_000; level++) deep = { deep }
  log.info('x', { shared, deep })
  expect((lines[0] ?? '').length).toBeLessThan(1_000_000)
  expect(lines[0]).toContain('[too large]')
})

test('a message may be anything: an Error keeps its stack', () => {
  const { lines, log } = capture()
  const loose: { error(message: unknown): void } = log
  loose.error(new TypeError('bad'))
  expect(only(lines)).toMatchObject({
    message: 'bad',
    fields: { error: { name: 'TypeError', stack: expect.stringContaining('bad') } },
  })
  lines.length = 0
  loose.error(Object.create(null))
  loose.error(Symbol('s'))
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { message: '[object]' },
    { message: 'Symbol(s)' },
  ])
})

test('a module that throws while it loads is named, and the error goes on', async () => {
  const lines: string[] = []
  const failing = loadModule({ write: (line) => lines.push(line) }, 'functions/a.ts', () =>
    Promise.reject(new Error('no database')),
  )
  await expect(failing).rejects.toThrow('no database')
  expect(only(lines)).toMatchObject({
    level: 'ERROR',
    fault: 'module',
    fields: { module: 'functions/a.ts', error: { message: 'no database' } },
  })
})
