import type { Diagnostic } from '../types.ts'

/**
 * Text for people: per diagnostic its sentence, the line it is about with a caret, and what to do; no line end at the end.
 *
 * @param options.color with ANSI colours. Default: false.
 */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: { color?: boolean } = {}): string {
  return diagnostics.map((diagnostic) => formatOne(diagnostic, options.color ?? false)).join('\n\n')
}

/** By place, then id, so that two runs print the same; what has no place comes first. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return mergeTargets(diagnostics).toSorted(
    (a, b) =>
      compareText(a.location?.file ?? '', b.location?.file ?? '') ||
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      (a.location?.column ?? 0) - (b.location?.column ?? 0) ||
      compareText(a.id, b.id) ||
      compareText(a.target ?? '', b.target ?? '') ||
      compareText(a.text, b.text),
  )
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** One mistake of the user that several targets met is told once. */
function mergeTargets(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const merged = new Map<string, { diagnostic: Diagnostic; targets: string[] }>()
  for (const diagnostic of diagnostics) {
    const { location } = diagnostic
    const key = JSON.stringify([
      diagnostic.id,
      diagnostic.text,
      diagnostic.notes,
      diagnostic.function,
      location?.file,
      location?.line,
      location?.column,
    ])
    const entry = merged.get(key) ?? { diagnostic, targets: [] }
    if (diagnostic.target !== undefined && !entry.targets.includes(diagnostic.target))
      entry.targets.push(diagnostic.target)
    merged.set(key, entry)
  }
  return [...merged.values()].map(({ diagnostic, targets }) => {
    if (targets.length < 2) return diagnostic
    const { target: _, ...rest } = diagnostic
    return { ...rest, notes: [...rest.notes, `This is so for the targets ${targets.toSorted().join(', ')}.`] }
  })
}

function formatOne(diagnostic: Diagnostic, color: boolean): string {
  const paint = (code: number, text: string): string => (color ? `\u001B[${code}m${text}\u001B[0m` : text)
  const head = paint(diagnostic.severity === 'error' ? 31 : 33, diagnostic.severity)
  const target = diagnostic.target === undefined ? '' : ` [${diagnostic.target}]`
  const lines = [`${head}${target}: ${diagnostic.text} ${paint(2, `(${diagnostic.id})`)}`]
  const { location } = diagnostic
  if (location) {
    lines.push(`  ${paint(36, `${location.file}:${location.line}:${location.column}`)}`)
    if (location.lineText !== undefined) {
      // Tabs stay tabs in front of the caret, or it would not stand below its column.
      const indent = location.lineText.slice(0, location.column - 1).replace(/[^\t]/g, ' ')
      const gutter = `  ${location.line} | `
      lines.push(`${paint(2, gutter)}${location.lineText}`)
      lines.push(`${paint(2, `${' '.repeat(gutter.length - 2)}| `)}${indent}${paint(31, '^')}`)
    }
  }
  const { capability } = diagnostic
  if (capability && capability.offeredBy.length > 0) {
    lines.push(`  These targets can: ${capability.offeredBy.join(', ')}.`)
  }
  for (const note of diagnostic.notes) lines.push(`  ${note}`)
  return lines.join('\n')
}
