import { expect, test } from 'vitest'
import { createProject, fakeTarget } from '../testing/project.ts'
import type { OptionRule } from '../types.ts'
import { loadConfig } from './load-config.ts'
import { checkTargetOptions } from './target-options.ts'

const known: Record<string, OptionRule> = {
  name: { type: 'string' },
  door: { type: 'string', oneOf: ['http-api', 'rest-api'] },
  origin: { type: 'string', format: 'origin' },
  day: { type: 'string', format: 'date' },
  timeoutSeconds: { type: 'number', integer: true, min: 1, max: 29, note: 'The door waits no longer.' },
  ratio: { type: 'number' },
  least: { type: 'number', min: 1 },
  most: { type: 'number', max: 2 },
  minify: { type: 'boolean' },
  flags: { type: 'string[]' },
  doors: { type: 'string[]', oneOf: ['http-api', 'rest-api'] },
}

function told(given: object): string[] {
  const problems = checkTargetOptions(fakeTarget({ name: 'acme', options: { given, known } }))
  return problems.flatMap(({ id, text, notes }) => [`${id}: ${text}`, ...notes])
}

test.for([
  { name: 'acme', door: 'rest-api', timeoutSeconds: 1, ratio: 0.5, least: 1, most: 2, minify: false, flags: [] },
  { timeoutSeconds: 29, doors: ['http-api', 'rest-api'], flags: ['a'], day: '2024-02-29', ratio: -Infinity },
  { origin: 'https://api.example.com' },
  { origin: 'http://localhost:8080' },
  { origin: 'HTTPS://API.example.com:443' },
  { origin: 'http://[::1]:3000' },
  { name: undefined },
  {},
])('%j is right', (given) => {
  expect(told(given)).toEqual([])
})

const wholeSeconds = (came: string): string[] => [
  `wrong-target-option: The target 'acme' has ${came} as 'timeoutSeconds'; it must be a whole number from 1 to 29.`,
  'The door waits no longer.',
]

test.for<[object, string]>([
  [{ timeoutSeconds: -1 }, '-1'],
  [{ timeoutSeconds: 0 }, '0'],
  [{ timeoutSeconds: 30 }, '30'],
  [{ timeoutSeconds: 1.5 }, '1.5'],
  [{ timeoutSeconds: Number.NaN }, 'NaN'],
  [{ timeoutSeconds: '10' }, "'10'"],
  [{ timeoutSeconds: null }, 'null'],
])('a whole number within limits is not %j', ([given, came]) => {
  expect(told(given)).toEqual(wholeSeconds(came))
})

test.for<[object, string]>([
  [{ name: 7 }, "7 as 'name'; it must be a text."],
  [{ name: '' }, "'' as 'name'; it must be a text."],
  [{ ratio: Number.NaN }, "NaN as 'ratio'; it must be a number."],
  [{ least: 0.9 }, "0.9 as 'least'; it must be a number, at least 1."],
  [{ most: 2.1 }, "2.1 as 'most'; it must be a number, at most 2."],
  [{ minify: 'yes' }, "'yes' as 'minify'; it must be true or false."],
  [{ flags: 'a' }, "'a' as 'flags'; it must be an array of texts."],
  [{ flags: ['a', 7] }, "an array as 'flags'; it must be an array of texts."],
  [{ doors: ['alb'] }, "an array as 'doors'; it must be an array of texts, each one of http-api, rest-api."],
  [{ door: 'alb' }, "'alb' as 'door'; it must be one of http-api, rest-api."],
  [{ door: () => 'rest-api' }, "a function as 'door'; it must be one of http-api, rest-api."],
  [{ day: '2026-1-31' }, "'2026-1-31' as 'day'; it must be a date, such as '2026-01-31'."],
  [{ day: '2026-02-30' }, "'2026-02-30' as 'day'; it must be a date, such as '2026-01-31'."],
  [{ day: '2026-13-01' }, "'2026-13-01' as 'day'; it must be a date, such as '2026-01-31'."],
])('%j is told with what came and what was expected', ([given, sentence]) => {
  expect(told(given)).toEqual([`wrong-target-option: The target 'acme' has ${sentence}`])
})

test('a value that is nearly right is told with the one that was meant', () => {
  expect(told({ door: 'http_api' })).toEqual([
    "wrong-target-option: The target 'acme' has 'http_api' as 'door'; it must be one of http-api, rest-api.",
    "Did you mean 'http-api'?",
  ])
})

test.for<[string, string[]]>([
  ['https://api.example.com/', ["Write 'https://api.example.com'."]],
  ['https://api.example.com/v1', ["Write 'https://api.example.com'."]],
  ['https://api.example.com?', ["Write 'https://api.example.com'."]],
  ['https://api.example.com#top', ["Write 'https://api.example.com'."]],
  ['https://me@api.example.com', ["Write 'https://api.example.com'."]],
  ['api.example.com', []],
  ['ftp://api.example.com', []],
  ['https://', []],
  ['https://a b', []],
  ['https://api.example.com:99999', []],
])('%s is no origin', ([origin, advice]) => {
  expect(told({ origin })).toEqual([
    `wrong-target-option: The target 'acme' has '${origin}' as 'origin'; it must be a scheme and host without a path, such as 'https://api.example.com'.`,
    ...advice,
  ])
})

test('an option that the table does not have is told with the nearest, and with all', () => {
  const all = `The options are ${Object.keys(known).join(', ')}.`
  expect(told({ timeout: 10, constructor: 1 })).toEqual([
    "unknown-target-option: The target 'acme' has no option 'timeout'. Did you mean 'timeoutSeconds'?",
    all,
    "unknown-target-option: The target 'acme' has no option 'constructor'.",
    all,
  ])
})

test('a target without a table is held against nothing', () => {
  expect(checkTargetOptions(fakeTarget())).toEqual([])
})

const adapter = {
  'node_modules/@acme/target/package.json': '{ "name": "@acme/target", "type": "module", "exports": "./index.js" }',
  'node_modules/@acme/target/index.js': `
const known = { name: { type: 'string' }, timeoutSeconds: { type: 'number', min: 1 }, flags: { type: 'string[]' } }
export const acme = (given = {}) => ({
  name: given.name ?? 'acme', platform: 'acme', capabilities: {}, limits: {}, external: [], conditions: [],
  runtime: { kind: 'node', version: '22' }, options: { given, known }, emit() {},
})`,
}

test('a config tells wrong options with the lines that they stand on, together with all else', async () => {
  using project = createProject({
    ...adapter,
    'isobar.config.ts': `import { acme } from '@acme/target'
const shared = { timeoutSeconds: 0 }
const two = acme({
  name: 'two',
  flags: 'a',
})
export default {
  name: 'My Shop',
  targets: [
    acme({ timeout: 10 }),
    two,
    acme({ name: 'three', ...shared }),
    acme({ name: 7 }),
    acme(shared),
  ],
}`,
  })
  const { config, diagnostics } = await loadConfig({ cwd: project.root })
  expect(config).toBeUndefined()
  expect(
    diagnostics.map(
      ({ id, text, location }) => `${location?.file}:${location?.line}:${location?.column} ${id} ${text}`,
    ),
  ).toEqual([
    expect.stringMatching(/^isobar\.config\.ts:8:9 invalid-config-value /),
    "isobar.config.ts:10:12 unknown-target-option The target 'acme' has no option 'timeout'. Did you mean 'timeoutSeconds'?",
    "isobar.config.ts:5:10 wrong-target-option The target 'two' has 'a' as 'flags'; it must be an array of texts.",
    // The option comes from elsewhere, so the call is what can be shown.
    "isobar.config.ts:12:5 wrong-target-option The target 'three' has 0 as 'timeoutSeconds'; it must be a number, at least 1.",
    "isobar.config.ts:13:18 wrong-target-option The target of 'acme' has 7 as 'name'; it must be a text.",
    "isobar.config.ts:2:34 wrong-target-option The target 'acme' has 0 as 'timeoutSeconds'; it must be a number, at least 1.",
    "isobar.config.ts:14:5 duplicate-target Two targets are named 'acme'.",
  ])
  expect(diagnostics.every(({ severity }) => severity === 'error')).toBe(true)
})
