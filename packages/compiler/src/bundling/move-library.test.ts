import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { build } from '../build.ts'
import { createProject, fakeTarget, type Project } from '../testing/project.ts'

/** Builds a library beside the functions in each of the folders. */
async function buildLibraries(project: Project, folders: string[]): Promise<void> {
  const target = fakeTarget()
  const source = "import { double } from 'dependency'\nexport const four = double(2)\n"
  const libraries = folders.map((folder) => ({ functions: [], file: `${folder}/library.mjs`, source }))
  const emit: typeof target.emit = (plan) => {
    const emitted = target.emit(plan)
    return { ...emitted, entries: [...emitted.entries, ...libraries] }
  }
  const { diagnostics } = await build({ cwd: project.root, config: { name: 'shop', targets: [{ ...target, emit }] } })
  expect(diagnostics).toEqual([])
}

test('a library that stands in two folders is in each what it would be if it stood there alone', async () => {
  using project = createProject({
    'functions/f.ts': "import { http } from 'isobar'\nexport const f = http('/f', () => new Response())",
    'node_modules/dependency/package.json': JSON.stringify({ name: 'dependency', type: 'module' }),
    'node_modules/dependency/index.js': 'export const double = (n) => 2 * n',
  })
  const read = (path: string): string => readFileSync(join(project.root, '.isobar/fake', path), 'utf8')
  const library = (folder: string): string[] => ['', '.map'].map((end) => read(`${folder}/library.mjs${end}`))

  await buildLibraries(project, ['second'])
  const alone = library('second')
  await buildLibraries(project, ['first', 'second'])
  expect(library('second')).toEqual(alone)

  const code = (text: string): string => text.replace(/^\/\/ .*\n/gm, '')
  const [first = '', second = ''] = ['first', 'second'].map((folder) => read(`${folder}/library.mjs`))
  expect(code(second)).toContain('double(2)')
  expect(code(first)).toBe(code(second))
  for (const folder of ['first', 'second']) {
    expect(JSON.parse(read(`${folder}/library.mjs.map`)).sources).toContain(`../shim/${folder}/library.mjs`)
    expect(JSON.parse(read('manifest.json')).files).toContain(`${folder}/library.mjs`)
  }
})
