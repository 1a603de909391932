import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { Diagnostic } from '../types.ts'

/** A source file as diagnostics speak of it. */
export interface SourceText {
  /** POSIX path relative to the project. */
  file: string
  text: string
}

export type Location = NonNullable<Diagnostic['location']>

export function readSource(root: string, path: string): SourceText {
  const absolute = isAbsolute(path) ? path : join(root, path)
  return { file: projectPath(root, absolute), text: readFileSync(absolute, 'utf8') }
}

/** How a path is written in diagnostics, plan and manifest. */
export function projectPath(root: string, absolute: string): string {
  return toPosix(relative(root, absolute))
}

export function toPosix(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}

/** `offset` counts UTF-16 units; line and column count from 1. */
export function locationAt(source: SourceText, offset: number): Location {
  const before = source.text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  const lineEnd = source.text.indexOf('\n', offset)
  return {
    file: source.file,
    line: before.split('\n').length,
    column: offset - lineStart + 1,
    lineText: source.text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).replace(/\r$/, ''),
  }
}
