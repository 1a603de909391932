import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../..')
const bin = join(packages, 'isobar/bin/isobar.js')

const config = `import { defineConfig, type Target } from 'isobar'
const target = (name: string): Target => ({
  name, platform: 'acme', frontDoor: 'door', capabilities: {} as Target['capabilities'],
  limits: { requestBytes: 1000, responseBytes: 1000, timeoutMs: 1000 },
  external: [], conditions: [], runtime: { kind: 'node', version: '22' },
  emit: (plan) => ({
    entries: plan.http.map(({ name, functions, modules }) => ({
      functions: functions.map((one) => one.name),
      file: name + '/index.mjs',
      source: 'const load = (_, load) => load()\\n' + modules.map(({ statement, variable }) => statement + '\\nexport { ' + variable + ' }\\n').join(''),
    })),
    files: [], diagnostics: [],
  }),
})
export default defineConfig({ name: 'shop', targets: [target('one'), target('two')] })
`
const orders = `import { http } from 'isobar'
export const getOrder = http('GET /orders/:id', () => new Response())
export const listOrders = http('GET /orders', () => new Response())
`
const files = { 'isobar.config.ts': config, 'functions/orders.ts': orders }

interface Run {
  status: number | null
  stdout: string
  stderr: string
  exists(path: string): boolean
  read(path: string): string
}

/** Runs the built CLI in a project on disk. */
function isobar(args: string[], project: Record<string, string> = files): Run & Disposable {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'isobar-cli-')))
  mkdirSync(join(root, 'node_modules'))
  symlinkSync(join(packages, 'isobar'), join(root, 'node_modules/isobar'))
  for (const [path, text] of Object.entries(project)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: root, encoding: 'utf8' })
  return {
    status,
    stdout,
    stderr,
    exists: (path) => existsSync(join(root, path)),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

test('build writes every target and prints aligned sizes', () => {
  using run = isobar(['build'])
  expect(run.stderr).toBe('')
  expect(run.status).toBe(0)
  const [head = '', one = '', two = '', ...rest] = run.stdout.trimEnd().split('\n')
  expect(head).toMatch(/^entry +bytes +gzip +shim gzip +functions$/)
  expect(one).toMatch(/^\.isobar\/one\/http\/index\.mjs +[\d,]+ +[\d,]+ +\d+ +get-order, list-orders$/)
  expect(two).toMatch(/^\.isobar\/two\/http\/index\.mjs /)
  for (const row of [one, two]) expect(row.indexOf('get-order')).toBe(head.indexOf('functions'))
  expect(rest.join('\n')).toMatch(/^\nBuilt 2 targets in \d+ ms\.$/)
  const manifest = JSON.parse(run.read('.isobar/two/manifest.json'))
  expect(manifest.name).toBe('shop')
  expect(one).toContain(JSON.parse(run.read('.isobar/one/manifest.json')).functions[0].bytes.toLocaleString('en-US'))
})

test.for([
  ['--target one', ['--target', 'one'], ['one']],
  ['--target one two', ['--target', 'one', 'two'], ['one', 'two']],
  ['--target two --target=one', ['--target', 'two', '--target=one'], ['one', 'two']],
  ['--target one,two', ['--target', 'one,two'], ['one', 'two']],
] as const)('build %s builds what is named', ([, args, built]) => {
  using run = isobar(['build', ...args])
  expect(run.status).toBe(0)
  expect(['one', 'two'].filter((name) => run.exists(`.isobar/${name}/manifest.json`))).toEqual(built)
})

test('build --out and --config choose the folder and the file', () => {
  using run = isobar(['build', '--out', 'dist', '--config', 'sub/other.config.ts'], {
    'sub/other.config.ts': config,
    'sub/functions/orders.ts': orders,
  })
  expect(run.stderr).toBe('')
  expect(run.status).toBe(0)
  expect(run.exists('dist/one/manifest.json')).toBe(true)
})

const broken = {
  ...files,
  'functions/more.ts': "import { http } from 'isobar'\nexport const a = http('/x{y}', () => new Response())",
}

test('build prints diagnostics with a code frame on stderr and ends with 1', () => {
  using run = isobar(['build'], broken)
  expect(run.status).toBe(1)
  expect(run.stdout).toBe('')
  expect(run.stderr)
    .toBe(`error: The route '/x{y}' has the segment 'x{y}', which is not supported. A segment is a literal, ':name', ':name?', ':name+', ':name*' or '*'. (invalid-route)
  functions/more.ts:2:14
  2 | export const a = http('/x{y}', () => new Response())
    |              ^
  Supported are literals, ':name', ':name?', ':name+', ':name*' and '*', a segment each; no groups in () or {}.

1 error
`)
})

test('check tells the same on stdout, or as JSON', () => {
  using run = isobar(['check'], broken)
  expect(run.status).toBe(1)
  expect(run.stderr).toBe('')
  expect(run.stdout).toContain('functions/more.ts:2:14')
  expect(run.exists('.isobar')).toBe(false)

  using json = isobar(['check', '--json'], broken)
  expect(json.status).toBe(1)
  expect(JSON.parse(json.stdout).diagnostics).toMatchObject([
    { id: 'invalid-route', location: { file: 'functions/more.ts', line: 2, column: 14 } },
  ])

  using good = isobar(['check'])
  expect([good.status, good.stdout]).toEqual([0, 'No problems found.\n'])
})

test('a warning alone does not fail', () => {
  using run = isobar(['check'], {
    ...files,
    'functions/more.ts': "import { http } from 'isobar'\nconst a = http('/x', () => new Response())",
  })
  expect(run.status).toBe(0)
  expect(run.stdout).toContain('warning: ')
  expect(run.stdout).toMatch(/\n1 warning\n$/)
})

test.for([
  [
    ['biuld'],
    "isobar has no command 'biuld'. Did you mean 'build'? (unknown-command)\nRun isobar --help for the commands.\n",
  ],
  [
    ['build', '--taget', 'one'],
    "isobar build has no option '--taget'. Did you mean '--target'? (unknown-option)\nRun isobar build --help for its options.\n",
  ],
  [
    ['build', '--json'],
    "isobar build has no option '--json'. (unknown-option)\nRun isobar build --help for its options.\n",
  ],
  [
    ['build', 'one'],
    "isobar build takes no argument 'one'. (unexpected-argument)\nRun isobar build --help for its options.\n",
  ],
  [['build', '--out'], "The option '--out' needs a value. (missing-value)\nRun isobar build --help for its options.\n"],
  [
    ['build', '--out', '--target', 'one'],
    "The option '--out' needs a value. (missing-value)\nRun isobar build --help for its options.\n",
  ],
  [
    ['check', '--json=yes'],
    "The option '--json' takes no value. (unexpected-value)\nRun isobar check --help for its options.\n",
  ],
  [
    ['--target', 'one'],
    "'--target' stands where a command was expected. (unknown-command)\nRun isobar --help for the commands.\n",
  ],
] as const)('misuse %j ends with 2 and says what to do', ([args, message]) => {
  using run = isobar([...args])
  expect([run.status, run.stderr, run.stdout]).toEqual([2, message, ''])
})

test('a target that the config does not have, and a config that is not there, are misuse', () => {
  using target = isobar(['build', '--target', 'tow'])
  expect(target.status).toBe(2)
  expect(target.stderr).toContain(
    "The config has no target 'tow'. Did you mean 'two'? (unknown-target)\n  Its targets are one, two.",
  )
  using missing = isobar(['build'], {})
  expect(missing.status).toBe(2)
  expect(missing.stderr).toContain('There is no isobar.config.ts in ')
  using conform = isobar(['conform', '--target', 'tow'])
  expect(conform.status).toBe(2)
  expect(conform.stderr).toContain("Did you mean 'two'?")
})

test('never shows a stack for a mistake of the user', () => {
  using run = isobar(['build'], { 'isobar.config.ts': "throw new Error('no such account')" })
  expect(run.status).toBe(1)
  expect(run.stderr).toBe(`error: isobar.config.ts cannot be loaded: Error: no such account. (config-failed)
  isobar.config.ts:1:7
  1 | throw new Error('no such account')
    |       ^
  The error comes from running the file; correct what it names.

1 error
`)
})

test('ends when the config leaves something running', () => {
  using run = isobar(['check'], { ...files, 'isobar.config.ts': `setInterval(() => {}, 1000)\n${config}` })
  expect(run.status).toBe(0)
})

test('prints help and the version', () => {
  using help = isobar(['--help'])
  expect(help.status).toBe(0)
  expect(help.stdout).toContain('Usage: isobar <command> [options]')
  using none = isobar([])
  expect(none.stdout).toBe(help.stdout)
  for (const command of ['build', 'check', 'conform']) {
    using topic = isobar([command, '--help'])
    expect(topic.stdout).toMatch(new RegExp(`^Usage: isobar ${command} `))
    expect(topic.status).toBe(0)
  }
  using version = isobar(['--version'])
  expect(version.stdout.trim()).toBe(JSON.parse(readFileSync(join(packages, 'isobar/package.json'), 'utf8')).version)
})
