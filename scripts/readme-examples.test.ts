import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { publishedPackages, root } from './workspace.ts'

/** The TypeScript of a document, block by block. */
function examples(text: string): string[] {
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = '']) => code)
}

test('what the READMEs show compiles, against the types that users get', () => {
  const folder = join(root, 'node_modules', '.cache', 'readme-examples')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const readmes = ['README.md', ...publishedPackages().map((member) => `${member.folder}/README.md`)]
  const written = readmes.flatMap((path) =>
    examples(readFileSync(join(root, path), 'utf8')).map((code, index) => {
      const name = `${path.replaceAll('/', '-')}-${index + 1}.mts`
      writeFileSync(join(folder, name), code)
      return name
    }),
  )
  expect(written.length).toBeGreaterThanOrEqual(readmes.length)
  const paths = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions.paths
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        isolatedDeclarations: false,
        declaration: false,
        typeRoots: [join(root, 'node_modules', '@types')],
        paths: Object.fromEntries(
          Object.entries<string[]>(paths).map(([name, [source = '']]) => [name, [join(root, source)]]),
        ),
      },
      include: [join(folder, '*.mts')],
    }),
  )
  const { stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', folder], { encoding: 'utf8' })
  expect(stdout + stderr).toBe('')
})
