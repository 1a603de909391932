/**
 * Writes the declarations of every published package into its `dist`. tsup leaves them out: TypeScript 7 has no
 * compiler API that it could call. Each package is compiled against the declarations of the ones before it, as a user
 * would see them, and not against their sources.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { publishedPackages, root } from './workspace.ts'

const cache = join(root, 'node_modules', '.cache', 'types')
mkdirSync(cache, { recursive: true })

for (const { folder, manifest } of publishedPackages()) {
  const source = join(root, folder, 'src')
  const config = join(cache, `${manifest.name.replaceAll('/', '-')}.json`)
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        paths: {},
        rootDir: source,
        outDir: join(root, folder, 'dist'),
        noEmit: false,
        emitDeclarationOnly: true,
        rewriteRelativeImportExtensions: true,
        typeRoots: [join(root, 'node_modules', '@types')],
      },
      include: [source],
      exclude: ['*.test.ts', '*.test-d.ts', 'application*', 'testing*'].map((pattern) => join(source, '**', pattern)),
    }),
  )
  try {
    execFileSync('tsc', ['-p', config], { cwd: join(root, folder), stdio: 'inherit' })
  } catch {
    console.error(`The declarations of ${manifest.name} could not be written: see the errors above.`)
    process.exit(1)
  }
}
