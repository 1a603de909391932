import { join, resolve } from 'node:path'
import { type Diagnostic, loadConfig, selectTargets } from '@isobar/compiler'
import type { CommandOptions } from './arguments.ts'
import { exitCode, report } from './diagnostics.ts'
import { fail, MisuseError, print, usesColor } from './output.ts'

export async function runConform(options: CommandOptions): Promise<number> {
  const { config, root, diagnostics } = await loadConfig({
    ...(options.config !== undefined && { file: options.config }),
  })
  if (!config) return refuse(diagnostics)
  const selected = selectTargets(config, options.targets)
  if (selected.diagnostics.length > 0) return refuse(selected.diagnostics)

  // The suite brings the vendors' runtimes along; the other commands need not wait for them.
  const { createProgress, renderMatrix, runConformance } = await import('@isobar/conformance')
  const result = await runConformance({
    targets: selected.targets,
    workDirectory: join(root, '.isobar', 'conformance'),
    onProgress: createProgress(process.stderr),
    ...(options.caseGlob !== undefined && { caseGlob: options.caseGlob }),
    ...(options.report !== undefined && { reportDirectory: resolve(options.report) }),
  }).catch((error: unknown) => {
    if (error instanceof RangeError)
      throw new MisuseError('no-such-case', error.message, 'Correct the pattern after --case.')
    throw error
  })
  print(
    options.json ? JSON.stringify(result, undefined, 2) : renderMatrix(result, { color: usesColor(process.stdout) }),
  )
  if (options.report !== undefined && !options.json) print(`\nThe report is ${join(options.report, 'report.html')}`)
  return result.totals.fail > 0 ? 1 : 0
}

function refuse(diagnostics: readonly Diagnostic[]): number {
  fail(report(diagnostics, process.stderr))
  return exitCode(diagnostics)
}
