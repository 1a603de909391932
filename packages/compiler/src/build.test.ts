import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { build, check } from './build.ts'
import { createProject, fakeTarget, type Project, summarize } from './testing/project.ts'
import type { Diagnostic, Target } from './types.ts'

const orders = `import { http } from 'isobar'
export const getOrder = http('GET /orders/:id', (request, context) => Response.json({ id: context.params.id }))
`

function target(project: Project, name = 'fake'): string {
  return join(project.root, '.isobar', name)
}

test('builds a bundle, a shim and a manifest', async () => {
  using project = createProject({ 'functions/orders.ts': orders })
  const result = await build({
    cwd: project.root,
    config: { name: 'shop', targets: [fakeTarget({ frontDoor: 'front' })] },
  })
  expect(result.diagnostics).toEqual([])
  const directory = target(project)
  expect(result.targets).toMatchObject([{ name: 'fake', directory }])
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  expect(manifest).toEqual(result.targets[0]?.manifest)
  expect(manifest).toMatchObject({
    isobar: JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')).version,
    target: 'fake',
    platform: 'fake',
    name: 'shop',
    frontDoor: 'front',
    limits: { requestBytes: 6_000_000, responseBytes: 6_000_000, timeoutMs: 30_000 },
    functions: [
      {
        name: 'get-order',
        kind: 'http',
        trigger: { route: '/orders/:id', methods: ['GET'] },
        source: 'functions/orders.ts',
        entry: 'http/index.mjs',
        handler: 'handler',
        shim: { file: 'shim/http/index.mjs' },
      },
    ],
    files: ['deploy.json', 'http/index.mjs', 'http/index.mjs.map', 'manifest.json', 'shim/http/index.mjs'],
  })
  const written = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(written).toHaveLength(manifest.files.length)

  const bytes = readFileSync(join(directory, 'http/index.mjs'))
  expect(manifest.functions[0].bytes).toBe(bytes.byteLength)
  expect(manifest.functions[0].gzip).toBe(gzipSync(bytes, { level: 9 }).byteLength)
  const bundle = await import(pathToFileURL(join(directory, 'http/index.mjs')).href)
  expect(bundle.handler.routes).toMatchObject([{ name: 'get-order' }])
})

test("counts no byte of the user's modules into the shim", async () => {
  const sizes = await Promise.all(
    ['', `export const filler = '${'x'.repeat(50_000)}'\nconsole.log(filler)`].map(async (filler) => {
      using project = createProject({ 'functions/orders.ts': orders + filler })
      const { targets } = await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
      return targets[0]?.manifest.functions[0]
    }),
  )
  expect(sizes[0]?.shim.bytes).toBeGreaterThan(500)
  expect(sizes[1]?.shim).toEqual(sizes[0]?.shim)
  expect((sizes[1]?.bytes ?? 0) - (sizes[0]?.bytes ?? 0)).toBeGreaterThan(50_000)
})

test('writes a shim whose imports lead to the sources from where it stands', async () => {
  using project = createProject({
    'functions/orders.ts': orders,
    'functions/slow.ts':
      "import { http } from 'isobar'\nexport const slow = http({ route: '/slow', deploy: 'own' }, () => new Response())",
  })
  const { targets } = await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
  expect(targets[0]?.manifest.functions.map(({ name, entry }) => [name, entry])).toEqual([
    ['get-order', 'http/index.mjs'],
    ['slow', 'slow/index.mjs'],
  ])
  for (const { shim, source } of targets[0]?.manifest.functions ?? []) {
    const file = join(target(project), shim.file)
    const specifier = /import\('(.*)'\)/.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
    expect(join(file, '..', specifier)).toBe(join(project.root, source))
  }
})

test('indents the functions of a shim as the line that they stand in', async () => {
  const names = ['first', 'second', 'third', 'fourth', 'fifth']
  const lines = names.map((name) => `export const ${name} = http('/${name}', () => new Response())`)
  using project = createProject({ 'functions/all.ts': ["import { http } from 'isobar'", ...lines].join('\n') })
  const emit: Target['emit'] = (plan) => ({
    entries: plan.http.map(({ functions, modules, functionsLiteral }) => ({
      functions: functions.map((one) => one.name),
      file: 'index.mjs',
      source: [
        'const load = (file, load) => load()',
        ...modules.map(({ statement }) => statement),
        'export const a = {',
        '  b: {',
        `    functions: ${functionsLiteral},`,
        '  },',
        '}',
      ].join('\n'),
    })),
    files: [],
    diagnostics: [],
  })
  await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget({ emit })] } })
  expect(readFileSync(join(target(project), 'shim/index.mjs'), 'utf8')).toContain(`
    functions: {
      first: all.first,
      second: all.second,
      third: all.third,
      fourth: all.fourth,
      fifth: all.fifth,
    },
  },
`)
})

test("asks again when a module's variable clashes with the adapter's own names", async () => {
  using project = createProject({ 'functions/handler.ts': orders })
  const { diagnostics } = await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
  expect(diagnostics).toEqual([])
  const shim = readFileSync(join(target(project), 'shim/http/index.mjs'), 'utf8')
  expect(shim).toContain('const handlerModule = await load(')
})

test('replaces the folder of a target as a whole', async () => {
  using project = createProject({ 'functions/orders.ts': orders })
  const options = { cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } }
  await build(options)
  writeFileSync(join(target(project), 'stale.txt'), '')
  const { diagnostics } = await build(options)
  expect(diagnostics).toEqual([])
  expect(existsSync(join(target(project), 'stale.txt'))).toBe(false)
  expect(readdirSync(join(project.root, '.isobar'))).toEqual(['fake'])
})

test('leaves the folder as it was when the build fails', async () => {
  using project = createProject({ 'functions/orders.ts': orders })
  const options = { cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } }
  await build(options)
  const before = readFileSync(join(target(project), 'http/index.mjs'), 'utf8')
  project.write({ 'functions/orders.ts': `import './absent.ts'\n${orders}` })
  const { targets, diagnostics } = await build(options)
  expect(targets).toEqual([])
  expect(summarize(diagnostics)).toEqual(['error unresolved-import functions/orders.ts:1:8'])
  expect(readFileSync(join(target(project), 'http/index.mjs'), 'utf8')).toBe(before)
})

test('never replaces a folder that is not ours', async () => {
  using project = createProject({ 'functions/orders.ts': orders, 'out/fake/thesis.txt': 'years of work' })
  const options = { cwd: project.root, outDir: 'out', config: { name: 'shop', targets: [fakeTarget()] } }
  const { targets, diagnostics } = await build(options)
  expect(targets).toEqual([])
  expect(diagnostics).toMatchObject([
    {
      id: 'output-not-ours',
      target: 'fake',
      text: "The folder 'out/fake' has files that no build of Isobar wrote, so it is not replaced.",
    },
  ])
  writeFileSync(join(project.root, 'out/fake/manifest.json'), '{ "name": "an extension" }')
  expect((await build(options)).targets).toEqual([])
  expect(readFileSync(join(project.root, 'out/fake/thesis.txt'), 'utf8')).toBe('years of work')

  mkdirSync(join(project.root, 'empty/fake'), { recursive: true })
  expect((await build({ ...options, outDir: 'empty' })).targets).toHaveLength(1)
})

test('tells a folder that cannot be written', async () => {
  using project = createProject({ 'functions/orders.ts': orders, 'file.txt': 'text', 'out/fake': 'a file too' })
  const options = { cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } }
  const { targets, diagnostics } = await build({ ...options, outDir: 'file.txt' })
  expect(targets).toEqual([])
  expect(diagnostics).toMatchObject([
    { id: 'output-failed', text: "The folder 'file.txt/fake' cannot be written: ENOTDIR: not a directory." },
  ])
  expect((await build({ ...options, outDir: 'out' })).diagnostics).toMatchObject([{ id: 'output-not-ours' }])
  expect(readFileSync(join(project.root, 'out/fake'), 'utf8')).toBe('a file too')
})

test('builds the targets that have no errors, and tells of the others', async () => {
  using project = createProject({ 'functions/orders.ts': `import 'node:fs'\n${orders}` })
  const targets: Target[] = [fakeTarget({ name: 'edge', runtime: { kind: 'workers' } }), fakeTarget({ name: 'node' })]
  const result = await build({ cwd: project.root, config: { name: 'shop', targets } })
  expect(result.targets.map(({ name }) => name)).toEqual(['node'])
  expect(result.diagnostics.map(({ id, target: of }) => [id, of])).toEqual([['node-builtin', 'edge']])
})

test('tells mistakes of functions and of bundling in one run', async () => {
  using project = createProject({
    'functions/bad.ts': "import { http } from 'isobar'\nexport const bad = http('/a{b}', () => new Response())",
    'functions/orders.ts': `import './absent.ts'\n${orders}`,
  })
  const { targets, diagnostics } = await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
  expect(targets).toEqual([])
  expect(summarize(diagnostics)).toEqual([
    'error invalid-route functions/bad.ts:2:14',
    'error unresolved-import functions/orders.ts:1:8',
  ])
  project.write({ 'functions/orders.ts': orders })
  const half = await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
  expect(half.targets).toEqual([])
  expect(existsSync(join(project.root, '.isobar'))).toBe(false)
})

test('tells two functions of one name once for all targets, without what esbuild says about the shim', async () => {
  const targets = [fakeTarget(), fakeTarget({ name: 'other' })]
  for (const trigger of ["route: '/a'", "route: '/a', deploy: 'own'"]) {
    using project = createProject({
      'functions/a.ts': `import { http } from 'isobar'\nexport const ship = http({ ${trigger} }, () => new Response())`,
      'functions/b.ts': "import { http } from 'isobar'\nexport const ship = http('/b', () => new Response())",
    })
    const { diagnostics } = await check({ cwd: project.root, config: { name: 'shop', targets } })
    expect(summarize(diagnostics)).toEqual(['error duplicate-function-name functions/b.ts:2:14'])
  }
})

test("takes a target's own diagnostics", async () => {
  using project = createProject({ 'functions/orders.ts': orders })
  const own: Diagnostic = {
    id: 'reserved-route',
    severity: 'error',
    text: 'The route is reserved.',
    notes: [],
    function: 'get-order',
  }
  const { diagnostics } = await build({
    cwd: project.root,
    config: { name: 'shop', targets: [fakeTarget({ emit: () => ({ entries: [], files: [], diagnostics: [own] }) })] },
  })
  expect(diagnostics).toMatchObject([
    { ...own, target: 'fake', location: { file: 'functions/orders.ts', line: 2, column: 14 } },
  ])
})

test('builds only the targets that are asked for, and tells a name that is not there', async () => {
  using project = createProject({ 'functions/orders.ts': orders })
  const config = { name: 'shop', targets: [fakeTarget({ name: 'one' }), fakeTarget({ name: 'two' })] }
  const one = await build({ cwd: project.root, config, targets: ['one'] })
  expect(one.targets.map(({ name }) => name)).toEqual(['one'])
  const wrong = await build({ cwd: project.root, config, targets: ['tow'] })
  expect(wrong).toMatchObject({
    targets: [],
    diagnostics: [
      {
        id: 'unknown-target',
        text: "The config has no target 'tow'. Did you mean 'two'?",
        notes: ['Its targets are one, two.'],
      },
    ],
  })
})

test('check finds the same and writes nothing', async () => {
  using project = createProject({ 'functions/orders.ts': `import './absent.ts'\n${orders}` })
  const { diagnostics } = await check({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
  expect(summarize(diagnostics)).toEqual(['error unresolved-import functions/orders.ts:1:8'])
  project.write({ 'functions/orders.ts': orders })
  const good = await check({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
  expect(good.diagnostics).toEqual([])
  expect(existsSync(join(project.root, '.isobar'))).toBe(false)
})

test('writes a limit that does not exist as null', async () => {
  using project = createProject({ 'functions/orders.ts': orders })
  const limits = { requestBytes: 1, responseBytes: Infinity, timeoutMs: Infinity }
  const { targets } = await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget({ limits })] } })
  expect(targets[0]?.manifest.limits).toEqual({ requestBytes: 1, responseBytes: null, timeoutMs: null })
})
