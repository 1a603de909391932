import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Options } from 'tsup'

/**
 * One tsup run builds every publishable package. A package's entries are read off its own `exports`
 * (`./dist/x.js` is built from `src/x.ts`), so that the two cannot disagree.
 */
interface PackageManifest {
  name: string
  exports?: Record<string, string | { default: string }>
  imports?: Record<string, string | { default: string }>
  bin?: Record<string, string>
}

const root = import.meta.dirname
const members = [...folders('packages'), ...folders('adapters'), 'conformance']

const config: ReturnType<typeof defineConfig> = defineConfig(members.map(packageOptions))

export default config

function folders(parent: string): string[] {
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`)
}

function packageOptions(folder: string): Options {
  const manifest: PackageManifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const targets = [
    ...Object.values(manifest.exports ?? {}),
    ...Object.values(manifest.imports ?? {}),
    ...Object.values(manifest.bin ?? {}),
  ].map((target) => (typeof target === 'string' ? target : target.default))
  const built = targets.filter((target) => target.startsWith('./dist/') && target.endsWith('.js'))
  return {
    name: manifest.name,
    entry: Object.fromEntries(
      built.map((target) => {
        const name = target.slice('./dist/'.length, -'.js'.length)
        return [name, join(root, folder, 'src', `${name}.ts`)]
      }),
    ),
    outDir: join(root, folder, 'dist'),
    format: 'esm',
    platform: 'neutral',
    target: 'node22',
    splitting: true,
    // Chunks have their content in their names: without this, those of earlier builds would be packed.
    clean: true,
    silent: true,
    dts: false,
    sourcemap: true,
    tsconfig: join(root, 'tsconfig.build.json'),
    // Only a package's own files go into its bundle: everything named by a specifier stays an import.
    external: [/^[^./]/],
  }
}
