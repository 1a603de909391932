import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig, type LoadedConfig } from './load-config.ts'
import { createProject, summarize } from '../testing/project.ts'

/** An adapter's build half as a package that is installed. */
const adapter = {
  'node_modules/@acme/target/package.json': JSON.stringify({
    name: '@acme/target',
    type: 'module',
    exports: './index.js',
  }),
  'node_modules/@acme/target/index.js': `
export const acme = (options = {}) => {
  if (options.size < 0) throw new TypeError("acme: the option 'size' must not be negative, got " + options.size + '.')
  return { name: options.name ?? 'acme', platform: 'acme', capabilities: {}, limits: {}, external: [], conditions: [], runtime: { kind: 'node', version: '22' }, emit() {} }
}`,
}

async function load(config: string, files: Record<string, string> = {}): Promise<LoadedConfig> {
  using project = createProject({ ...adapter, 'isobar.config.ts': config, ...files })
  return await loadConfig({ cwd: project.root })
}

const head = "import { defineConfig } from 'isobar'\nimport { acme } from '@acme/target'\n"

test('runs a TypeScript config that imports packages, project files and tsconfig paths', async () => {
  const { config, diagnostics } = await load(
    `${head}import { names } from './lib/names'
import { extra } from '~/extra'
enum Size { Small = 'small' }
export default defineConfig({ name: names.shop, targets: [acme(), acme({ name: extra + Size.Small + import.meta.dirname.length })] })`,
    {
      'lib/names.ts': 'export const names = { shop: "shop" } as const',
      'src/extra.ts': 'export const extra: string = "extra-"',
      'tsconfig.json': JSON.stringify({ compilerOptions: { paths: { '~/*': ['./src/*'] } } }),
    },
  )
  expect(diagnostics).toEqual([])
  expect(config?.name).toBe('shop')
  expect(config?.targets.map(({ name }) => name.replace(/\d+$/, '#'))).toEqual(['acme', 'extra-small#'])
})

test('reads the file that is asked for, and its folder is the project', async () => {
  using project = createProject({
    ...adapter,
    'sub/my.config.mjs': "import { acme } from '@acme/target'\nexport default { name: 'x', targets: [acme()] }",
  })
  const { config, root, file } = await loadConfig({ cwd: project.root, file: 'sub/my.config.mjs' })
  expect(config?.name).toBe('x')
  expect(root).toBe(join(project.root, 'sub'))
  expect(file).toBe(join(project.root, 'sub/my.config.mjs'))
})

test('tells everything that is wrong at once, with the lines', async () => {
  const { config, diagnostics } = await load(`${head}
const bundle = {
  minfy: true,
  loaders: { sql: 'text' },
}
export default defineConfig({
  name: 'My Shop',
  functons: 'functions',
  functions: 7,
  targets: [
    acme(),
    acme,
    'aws-lambda',
    acme(),
  ],
  bundle,
})`)
  expect(config).toBeUndefined()
  expect(
    diagnostics
      .map(({ id, text, location }) => `${location?.file}:${location?.line}:${location?.column} ${id} ${text}`)
      .toSorted(),
  ).toEqual([
    "isobar.config.ts:10:3 unknown-config-key The config has no key 'functons'. Did you mean 'functions'?",
    "isobar.config.ts:11:14 invalid-config-value The config has 7 as 'functions'; it must be a folder, a glob or an array of them, such as 'functions'.",
    "isobar.config.ts:14:5 invalid-target The entry 2 of 'targets' is a function; it must be a target.",
    "isobar.config.ts:15:5 invalid-target The entry 3 of 'targets' is 'aws-lambda'; it must be a target.",
    "isobar.config.ts:16:5 duplicate-target Two targets are named 'acme'.",
    "isobar.config.ts:5:3 unknown-config-key The config's 'bundle' has no key 'minfy'. Did you mean 'minify'?",
    "isobar.config.ts:6:12 invalid-config-value The config's 'bundle' has an object as 'loaders'; it must be an object from extension to loader (base64, binary, copy, dataurl, file, json, text), such as { '.sql': 'text' }.",
    "isobar.config.ts:9:9 invalid-config-value The application's name 'My Shop' cannot name cloud resources: it must be lower-case letters, digits and hyphens, a letter first, 63 at most.",
  ])
  expect(diagnostics.find(({ text }) => text.includes('a function'))?.notes).toEqual(['Call the function: acme().'])
})

test('tells what is missing', async () => {
  const { diagnostics } = await load('export default {}')
  expect(diagnostics.map(({ text }) => text)).toEqual([
    "The config has no 'name'; it must be a text.",
    "The config has no 'targets'; it must be an array with at least one target, such as [awsLambda()].",
  ])
  const none = await load('export const config = {}')
  expect(none.diagnostics.map(({ text }) => text)).toEqual(['The config file has no default export.'])
})

test('tells an error that the config throws, with its line and no stack', async () => {
  const { diagnostics } = await load(
    `${head}\nconst size = -1\nexport default defineConfig({ name: 'x', targets: [\n  acme({ size }),\n] })`,
  )
  expect(summarize(diagnostics)).toEqual(['error config-failed isobar.config.ts:6:3'])
  expect(diagnostics[0]?.text).toBe(
    "isobar.config.ts cannot be loaded: TypeError: acme: the option 'size' must not be negative, got -1.",
  )
})

test('tells syntax errors and packages that are not installed', async () => {
  const syntax = await load('export default {\n  name: "x",,\n}')
  expect(summarize(syntax.diagnostics)).toEqual(['error bundle-error isobar.config.ts:2:13'])
  const missing = await load("import { x } from '@acme/missing'\nexport default x")
  expect(summarize(missing.diagnostics)).toEqual(['error unresolved-import isobar.config.ts:1:19'])
  expect(missing.diagnostics[0]?.text).toBe("The module '@acme/missing' was not found.")
})

test('tells that a config waits for ever', async () => {
  using project = createProject({ 'isobar.config.ts': 'await new Promise(() => {})\nexport default {}' })
  const { diagnostics } = await loadConfig({ cwd: project.root, timeoutMs: 100 })
  expect(diagnostics).toMatchObject([{ id: 'config-failed', location: { file: 'isobar.config.ts', line: 1 } }])
  expect(diagnostics[0]?.text).toContain('did not finish loading within 0.1 s')
})

test('tells that there is no config', async () => {
  using project = createProject({ 'folder/file.ts': '' })
  const folder = await loadConfig({ cwd: project.root, file: 'folder' })
  expect(folder.diagnostics).toMatchObject([{ id: 'config-not-found' }])
  const { diagnostics } = await loadConfig({ cwd: project.root })
  expect(diagnostics).toMatchObject([
    { id: 'config-not-found', text: `There is no isobar.config.ts in ${project.root}.` },
  ])
  const named = await loadConfig({ cwd: project.root, file: 'x.ts' })
  expect(named.diagnostics).toMatchObject([
    { id: 'config-not-found', text: `There is no config file 'x.ts' in ${project.root}.` },
  ])
})
