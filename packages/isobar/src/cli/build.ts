import { relative } from 'node:path'
import { build, type BuiltTarget, type ManifestFunction } from '@isobar/compiler'
import type { CommandOptions } from './arguments.ts'
import { exitCode, report } from './diagnostics.ts'
import { count, fail, print, table } from './output.ts'

export async function runBuild(options: CommandOptions): Promise<number> {
  const started = performance.now()
  const { targets, diagnostics } = await build({
    targets: options.targets,
    ...(options.config !== undefined && { file: options.config }),
    ...(options.out !== undefined && { outDir: options.out }),
  })
  if (diagnostics.length > 0) fail(report(diagnostics, process.stderr))
  if (targets.length > 0) {
    if (diagnostics.length > 0) fail('')
    print(sizes(targets))
    print(`\nBuilt ${count(targets.length, 'target')} in ${Math.round(performance.now() - started)} ms.`)
  }
  return exitCode(diagnostics)
}

/** A row per bundle; functions that share one stand in one row. */
function sizes(targets: readonly BuiltTarget[]): string {
  const rows = targets.flatMap(({ directory, manifest }) =>
    [...Map.groupBy(manifest.functions, ({ entry }) => entry)].map(([entry, functions]) =>
      row(directory, entry, functions),
    ),
  )
  return table([['entry', 'bytes', 'gzip', 'shim gzip', 'functions'], ...rows], [1, 2, 3])
}

function row(directory: string, entry: string, functions: readonly ManifestFunction[]): string[] {
  const [first] = functions
  const folder = relative('.', directory).replaceAll('\\', '/') || '.'
  return [
    `${folder}/${entry}`,
    bytes(first?.bytes ?? 0),
    bytes(first?.gzip ?? 0),
    bytes(first?.shim.gzip ?? 0),
    functions.map(({ name }) => name).join(', '),
  ]
}

function bytes(number: number): string {
  return number.toLocaleString('en-US')
}
