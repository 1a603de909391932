import { type Diagnostic, formatDiagnostics } from '@isobar/compiler'
import { count, usesColor } from './output.ts'

/** Mistakes in what was typed rather than in the project. */
const misuse = new Set(['config-not-found', 'unknown-target'])

export function exitCode(diagnostics: readonly Diagnostic[]): number {
  if (diagnostics.some(({ id }) => misuse.has(id))) return 2
  return diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** All diagnostics and how many there are. */
export function report(diagnostics: readonly Diagnostic[], stream: { isTTY?: boolean }): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const counts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(errors < diagnostics.length ? [count(diagnostics.length - errors, 'warning')] : []),
  ]
  return `${formatDiagnostics(diagnostics, { color: usesColor(stream) })}\n\n${counts.join(', ')}`
}
