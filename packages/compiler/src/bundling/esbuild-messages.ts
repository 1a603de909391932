import type { Message } from 'esbuild'
import type { Outcome } from './bundle.ts'
import type { Diagnostic } from '../types.ts'

/** esbuild's own findings as ours. Warnings about installed packages are none of the user's business. */
export function esbuildDiagnostics(
  target: string | undefined,
  { errors, warnings }: Pick<Outcome, 'errors' | 'warnings'>,
): Diagnostic[] {
  return [
    ...errors.map((message) => fromMessage(message, 'error', target)),
    ...warnings
      .filter(
        ({ location }) =>
          location &&
          !location.file.includes('node_modules') &&
          (location.namespace === '' || location.namespace === 'file'),
      )
      .map((message) => fromMessage(message, 'warning', target)),
  ]
}

function fromMessage(message: Message, severity: Diagnostic['severity'], target: string | undefined): Diagnostic {
  const { location, text, notes } = message
  const missing = /^Could not resolve "(.*)"$/.exec(text)?.[1]
  const missingLoader = /^No loader is configured for "(\.\w+)" files/.exec(text)?.[1]
  return {
    id:
      missing === undefined
        ? missingLoader === undefined
          ? severity === 'error'
            ? 'bundle-error'
            : 'bundle-warning'
          : 'missing-loader'
        : 'unresolved-import',
    severity,
    text:
      missing !== undefined
        ? `The module '${missing}' was not found.`
        : missingLoader !== undefined
          ? `Files that end in '${missingLoader}' cannot be imported without a loader.`
          : sentence(text),
    notes:
      missing !== undefined
        ? [/^[./]/.test(missing) ? 'Correct the path.' : `Install the package, or correct its name.`]
        : missingLoader !== undefined
          ? [`Say in the config how: bundle: { loaders: { '${missingLoader}': 'text' } }.`]
          : notes.map((note) => sentence(note.text)),
    ...(location && {
      location: { file: location.file, line: location.line, column: location.column + 1, lineText: location.lineText },
    }),
    ...(target !== undefined && { target }),
  }
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`
}
