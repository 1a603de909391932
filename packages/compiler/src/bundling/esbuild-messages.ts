import type { Message } from 'esbuild'

import type { Diagnostic } from '../types.ts'
import { isShimFile } from './shim-plugin.ts'

/** esbuild's own findings as ours. Warnings about installed packages and about our shims are none of the user's business. */
export function esbuildDiagnostics(
  target: string | undefined,
  { errors, warnings }: { errors: readonly Message[]; warnings: readonly Message[] },
): Diagnostic[] {
  return [
    ...errors.map((message) => fromMessage(message, 'error', target)),
    ...warnings
      .filter(
        ({ location }) =>
          location &&
          !location.file.includes('node_modules') &&
          // esbuild puts a plugin's namespace into `file` and leaves `namespace` empty.
          !isShimFile(location.file),
      )
      .map((message) => fromMessage(message, 'warning', target)),
  ]
}

function fromMessage(message: Message, severity: Diagnostic['severity'], target: string | undefined): Diagnostic {
  const { location } = message
  return {
    ...describe(message, severity),
    severity,
    ...(location && {
      location: { file: location.file, line: location.line, column: location.column + 1, lineText: location.lineText },
    }),
    ...(target !== undefined && { target }),
  }
}

function describe(
  { text, notes }: Message,
  severity: Diagnostic['severity'],
): Pick<Diagnostic, 'id' | 'text' | 'notes'> {
  const missing = /^Could not resolve "(.*)"$/.exec(text)?.[1]
  if (missing !== undefined) {
    return {
      id: 'unresolved-import',
      text: `The module '${missing}' was not found.`,
      notes: [/^[./]/.test(missing) ? 'Correct the path.' : 'Install the package, or correct its name.'],
    }
  }
  const extension = /^No loader is configured for "(\.\w+)" files/.exec(text)?.[1]
  if (extension !== undefined) {
    return {
      id: 'missing-loader',
      text: `Files that end in '${extension}' cannot be imported without a loader.`,
      notes: [`Say in the config how: bundle: { loaders: { '${extension}': 'text' } }.`],
    }
  }
  const rest = { text: sentence(text), notes: notes.map((note) => sentence(note.text)) }
  return severity === 'error' ? { id: 'bundle-error', ...rest } : { id: 'bundle-warning', ...rest }
}

function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`
}
