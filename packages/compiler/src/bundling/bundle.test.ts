import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { build, type BuildResult } from '../build.ts'
import type { BundleOptions } from '../config/config.ts'
import { createProject, fakeTarget, type Project, summarize } from '../testing/project.ts'
import type { Target } from '../types.ts'

function buildProject(
  project: Project,
  bundle: BundleOptions = {},
  target: Partial<Target> = {},
): Promise<BuildResult> {
  return build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget(target)], bundle } })
}

/** Imports the bundle in a plain Node, where nothing but the bundle brings `require`, and calls the function `f`. */
function callF(project: Project): string {
  const bundle = pathToFileURL(join(project.root, '.isobar/fake/http/index.mjs')).href
  const script = `
    const { handler } = await import(${JSON.stringify(bundle)})
    const response = await handler.routes[0].definition.handler(new Request('http://x/'), {})
    process.stdout.write(await response.text())`
  return execFileSync(process.execPath, ['--enable-source-maps', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
  })
}

const text = (expression: string): string =>
  `import { http } from 'isobar'\nexport const f = http('/f', async () => new Response(String(${expression})))`

test('gives CommonJS what it expects, and only where it is used', async () => {
  using project = createProject({
    'functions/f.ts': `import dependency from 'dependency'\n${text('dependency')}`,
    'node_modules/dependency/package.json': JSON.stringify({ name: 'dependency' }),
    'node_modules/dependency/index.js':
      "const path = require('path'); const name = 'node:os'; module.exports = [path.basename(__dirname), path.basename(__filename), typeof require(name).EOL].join()",
  })
  const { diagnostics } = await buildProject(project)
  expect(diagnostics).toEqual([])
  expect(callF(project)).toBe('http,index.mjs,string')

  using plain = createProject({ 'functions/f.ts': text("'plain'") })
  await buildProject(plain)
  expect(readFileSync(join(plain.root, '.isobar/fake/http/index.mjs'), 'utf8')).not.toContain('require')
})

test('keeps a require and a __dirname that the user made', async () => {
  using project = createProject({
    'functions/f.ts': `import { createRequire } from 'node:module'
import dependency from 'dependency'
const require = createRequire(import.meta.url)
const __dirname = 'mine'
${text("[typeof require('node:os').EOL, __dirname, dependency]")}`,
    'node_modules/dependency/package.json': JSON.stringify({ name: 'dependency' }),
    'node_modules/dependency/index.js': "module.exports = typeof require('node:path').join",
  })
  const { diagnostics } = await buildProject(project)
  expect(diagnostics).toEqual([])
  expect(callF(project)).toBe('string,mine,function')
})

test('copies external packages with their dependencies beside the entry', async () => {
  const dependency = (name: string, version: string, dependencies: object = {}, body = ''): Record<string, string> => ({
    [`node_modules/${name}/package.json`]: JSON.stringify({
      name: name.split('node_modules/').at(-1),
      version,
      dependencies,
    }),
    [`node_modules/${name}/index.js`]: body || `module.exports = '${version}'`,
  })
  using project = createProject({
    'functions/f.ts': `import outer from 'outer'\n${text('outer')}`,
    ...dependency(
      'outer',
      '1',
      { inner: '*', shared: '*' },
      "module.exports = [require('inner'), require('shared')].join()",
    ),
    ...dependency('inner', '2', { shared: '*' }, "module.exports = require('shared')"),
    ...dependency('inner/node_modules/shared', '3'),
    ...dependency('shared', '4'),
    ...dependency('unused', '5'),
  })
  const { diagnostics, targets } = await buildProject(project, { external: ['outer', 'unused'] })
  expect(diagnostics).toEqual([])
  expect(targets[0]?.manifest.files.filter((file) => file.endsWith('index.js'))).toEqual([
    'http/node_modules/inner/index.js',
    'http/node_modules/outer/index.js',
    'http/node_modules/outer/node_modules/shared/index.js',
    'http/node_modules/shared/index.js',
  ])
  expect(readFileSync(join(project.root, '.isobar/fake/http/index.mjs'), 'utf8')).toContain('from "outer"')
  expect(callF(project)).toBe('3,4')
})

test('copies assets and knows loaders, tsconfig paths and WebAssembly', async () => {
  using project = createProject({
    'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '~/*': ['./lib/*'] } } }),
    'lib/query.sql': 'select 1',
    'lib/words.txt2': 'words',
    'functions/f.ts': `import query from '~/query.sql'
import words from '../lib/words.txt2'
import wasm from '../lib/empty.wasm'
${text('[query, words, wasm instanceof WebAssembly.Module]')}`,
    'templates/mail.html': '<p>',
    // The magic number and version 1, from the WebAssembly specification: an empty module.
    'lib/empty.wasm': '\u0000asm\u0001\u0000\u0000\u0000',
  })
  const { diagnostics, targets } = await buildProject(project, {
    assets: ['templates/**'],
    loaders: { '.txt2': 'text' },
  })
  expect(diagnostics).toEqual([])
  expect(targets[0]?.manifest.files).toContain('http/templates/mail.html')
  expect(callF(project)).toBe('select 1,words,true')
})

test('writes linked maps that lead to the sources, or none', async () => {
  using project = createProject({ 'functions/f.ts': text("'x'") })
  await buildProject(project)
  const folder = join(project.root, '.isobar/fake/http')
  const map = JSON.parse(readFileSync(join(folder, 'index.mjs.map'), 'utf8'))
  expect(map.sources.map((source: string) => join(folder, source))).toContain(join(project.root, 'functions/f.ts'))
  expect(map.sources).toContain('../shim/http/index.mjs')

  await buildProject(project, { sourcemap: false, minify: true })
  expect(existsSync(join(folder, 'index.mjs.map'))).toBe(false)
  expect(readFileSync(join(folder, 'index.mjs'), 'utf8')).not.toContain('sourceMappingURL')
})

test('keeps maps right when a line was put in front for require', async () => {
  using project = createProject({
    'functions/f.ts': `import dependency from 'dependency'
import { http } from 'isobar'
export const f = http('/f', () => {
  interface Erased { dependency: string }
  const mistake = new Error('thrown at line 5: ' + dependency)
  return new Response(mistake.stack)
})`,
    'node_modules/dependency/package.json': JSON.stringify({ name: 'dependency' }),
    'node_modules/dependency/index.js': "module.exports = typeof require('node:path').join",
  })
  await buildProject(project)
  expect(callF(project)).toMatch(/line 5: function\n.*functions\/f\.ts:5:19\)?\n/)
})

test('gives the same bytes in another folder, none of them an absolute path', async () => {
  const files = {
    'functions/f.ts': text("'x'"),
    'functions/deep/g.ts': "import { http } from '@isobar/core'\nexport const g = http('/g', () => new Response())",
  }
  const outputs = await Promise.all(
    [createProject(files), createProject(files, 'a/deeper/place')].map(async (created) => {
      using project = created
      const { targets } = await buildProject(project)
      const [target] = targets
      const contents = (target?.manifest.files ?? []).map((file) => [
        file,
        readFileSync(join(target?.directory ?? '', file), 'utf8'),
      ])
      return { root: project.root, contents }
    }),
  )
  expect(outputs[0]?.contents.length).toBeGreaterThan(3)
  expect(outputs[0]?.contents).toEqual(outputs[1]?.contents)
  expect(JSON.stringify(outputs[0]?.contents)).not.toContain(outputs[0]?.root)
  expect(JSON.stringify(outputs[0]?.contents)).not.toContain(process.cwd())
})

test('tells imports that are not found and files without a loader', async () => {
  using project = createProject({
    'functions/f.ts': `import x from 'absent'\nimport y from './absent.ts'\nimport z from './z.xyz'\n${text('[x, y, z]')}`,
    'functions/z.xyz': '',
  })
  const { diagnostics, targets } = await buildProject(project)
  expect(targets).toEqual([])
  expect(summarize(diagnostics)).toEqual([
    'error unresolved-import functions/f.ts:1:15',
    'error unresolved-import functions/f.ts:2:15',
    'error missing-loader functions/f.ts:3:15',
  ])
  expect(diagnostics.map(({ text: sentence, notes }) => [sentence, ...notes])).toEqual([
    ["The module 'absent' was not found.", 'Install the package, or correct its name.'],
    ["The module './absent.ts' was not found.", 'Correct the path.'],
    [
      "Files that end in '.xyz' cannot be imported without a loader.",
      "Say in the config how: bundle: { loaders: { '.xyz': 'text' } }.",
    ],
  ])
})

test('tells an external package that is not installed', async () => {
  using project = createProject({ 'functions/f.ts': `import x from 'absent'\n${text('x')}` })
  const { diagnostics } = await buildProject(project, { external: ['absent'] })
  expect(diagnostics.map(({ id, text: sentence }) => `${id} ${sentence}`)).toEqual([
    "external-not-installed The config's bundle.external names 'absent', and that package is not installed.",
  ])
})

test("passes on esbuild's warnings about the user's own files", async () => {
  using project = createProject({ 'functions/f.ts': text("typeof f === 'fun'") })
  const { diagnostics, targets } = await buildProject(project)
  expect(summarize(diagnostics)).toEqual(['warning bundle-warning functions/f.ts:2:74'])
  expect(targets).toHaveLength(1)
})

const workers: Partial<Target> = { runtime: { kind: 'workers' }, conditions: ['workerd'] }

test('names who imports a Node module where there is no Node', async () => {
  using project = createProject({
    'functions/f.ts': `import { readFile } from 'node:fs/promises'\nimport { helper } from '../lib/helper.ts'\nimport lazy from 'lazy'\n${text('[readFile, helper, lazy]')}`,
    'lib/helper.ts': "// node:crypto\nimport { createHash } from 'crypto'\nexport const helper = createHash",
    'node_modules/lazy/package.json': JSON.stringify({ name: 'lazy' }),
    'node_modules/lazy/index.js': "try { module.exports = require('os') } catch {}",
  })
  const { diagnostics } = await buildProject(project, {}, workers)
  expect(summarize(diagnostics)).toEqual([
    'error node-builtin functions/f.ts:1:26',
    'error node-builtin lib/helper.ts:2:28',
    'warning node-builtin node_modules/lazy/index.js:1:32',
  ])
  expect(diagnostics[0]?.text).toBe(
    "'node:fs/promises' is a module of Node.js, and the target 'fake' does not run on Node.js.",
  )
})

test('a package that requires a Node module starts where import.meta.url is undefined', async () => {
  using project = createProject({
    'functions/f.ts': `import lazy from 'lazy'\n${text('lazy')}`,
    'node_modules/lazy/package.json': JSON.stringify({ name: 'lazy' }),
    'node_modules/lazy/index.js': "try { module.exports = require('os') } catch {}",
  })
  const bundle = (): string => readFileSync(join(project.root, '.isobar/fake/http/index.mjs'), 'utf8')
  await buildProject(project, {}, workers)
  expect(bundle()).not.toContain('node:module')
  await buildProject(project, {}, { ...workers, external: ['node:*'] })
  expect(bundle()).toContain("= isobarCreateRequire('/');")
  expect(bundle()).not.toContain('import.meta.url')
})

test('lets Node modules pass that the target has, and packages of the same name', async () => {
  using project = createProject({
    'functions/f.ts': `import { Buffer } from 'buffer'\nimport Emitter from 'events'\n${text('[Buffer, Emitter]')}`,
    'node_modules/events/package.json': JSON.stringify({ name: 'events', main: 'events.js' }),
    'node_modules/events/events.js': "module.exports = 'from the package'",
  })
  const { diagnostics } = await buildProject(project, {}, { ...workers, external: ['node:buffer'] })
  expect(diagnostics).toEqual([])
  const bundle = readFileSync(join(project.root, '.isobar/fake/http/index.mjs'), 'utf8')
  expect(bundle).toContain('from "node:buffer"')
  expect(bundle).toContain('from the package')
})
