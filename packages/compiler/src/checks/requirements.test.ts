import { expect, test } from 'vitest'
import { check } from '../build.ts'
import { createProject, fakeTarget } from '../testing/project.ts'
import type { Diagnostic, Target } from '../types.ts'

async function diagnose(text: string, targets: Target[]): Promise<Diagnostic[]> {
  using project = createProject({ 'functions/f.ts': `import { http } from 'isobar'\n${text}` })
  const { diagnostics } = await check({ cwd: project.root, config: { name: 'shop', targets } })
  return diagnostics
}

const small = fakeTarget({ name: 'small', limits: { requestBytes: 1000, responseBytes: 1000, timeoutMs: 2000 } })
const large = fakeTarget({ name: 'large', limits: { requestBytes: 9000, responseBytes: 9000, timeoutMs: Infinity } })

test('tells options over the limits of a target, and which targets would do', async () => {
  const diagnostics = await diagnose(
    `export const f = http({ route: '/f', maxBodyBytes: 1001, timeoutMs: 2001 }, () => new Response())
export const g = http({ route: '/g', maxBodyBytes: 1000, timeoutMs: 2000 }, () => new Response())
export const h = http({ route: '/h', maxBodyBytes: Infinity, timeoutMs: Infinity }, () => new Response())`,
    [small, large],
  )
  const location = { file: 'functions/f.ts', line: 2, column: 14 }
  expect(diagnostics).toMatchObject([
    {
      id: 'body-limit',
      severity: 'warning',
      text: "'f' takes bodies of up to 1001 bytes, but the target lets at most 1000 through.",
      notes: ['Set maxBodyBytes to 1000 or less, or have clients upload to storage.', 'These targets would do: large.'],
      function: 'f',
      target: 'small',
      location,
    },
    {
      id: 'time-limit',
      severity: 'warning',
      text: "'f' may take 2001 ms, but the target ends a request after 2000 ms.",
      notes: [
        'Set timeoutMs to 2000 or less, or do the rest of the work after the answer.',
        'These targets would do: large.',
      ],
      location,
    },
  ])
  expect(diagnostics).toHaveLength(2)
})

const { capabilities } = fakeTarget()
const renamed = {
  absent: 'The gateway renames it.',
  because: 'platform',
  source: 'https://example.com/headers',
} as const
const renaming = fakeTarget({
  name: 'renaming',
  capabilities: {
    ...capabilities,
    'http.authenticateHeader': renamed,
    'http.serverHeaders': renamed,
  },
})
const dating = fakeTarget({ name: 'dating', capabilities: { ...capabilities, 'http.serverHeaders': renamed } })

test('warns of headers that a target renames, wherever a response visibly gets one', async () => {
  const diagnostics = await diagnose(
    `export const f = http('/f', async (request) => {
  const headers = new Headers({ Date: 'x' })
  headers.set('server', 'mine')
  await fetch('http://x', { headers: { date: 'mine', server: 'x' } })
  if (request.headers.get('date')) return new Response('', { headers: [['www-authenticate', 'Basic']] })
  const date = new Map().set('date', 1)
  return new Response('', { status: 401, headers: { 'WWW-Authenticate': 'Basic', 'x-date': 'y' } })
})`,
    [renaming, fakeTarget()],
  )
  expect(
    diagnostics.map(({ id, severity, location, target }) => [id, severity, location?.line, location?.column, target]),
  ).toEqual([
    ['contested-header', 'warning', 3, 33, 'renaming'],
    ['contested-header', 'warning', 4, 15, 'renaming'],
    ['contested-header', 'warning', 6, 73, 'renaming'],
    ['contested-header', 'warning', 8, 53, 'renaming'],
  ])
  expect(diagnostics[3]).toMatchObject({
    text: "The header 'WWW-Authenticate' may not reach the client under this name and with this value.",
    notes: ['The gateway renames it.', 'https://example.com/headers'],
    capability: { key: 'http.authenticateHeader', offeredBy: ['fake'] },
  })
})

test('warns of those headers only that the target does not leave alone', async () => {
  const diagnostics = await diagnose(
    `export const f = http('/f', () => new Response('', { headers: { 'www-authenticate': 'Basic', date: 'x' } }))`,
    [dating],
  )
  expect(diagnostics.map(({ text }) => text)).toEqual([
    "The header 'date' may not reach the client under this name and with this value.",
  ])
})
