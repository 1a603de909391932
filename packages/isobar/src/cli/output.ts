export const misuseIds = [
  'missing-value',
  'no-such-case',
  'unexpected-argument',
  'unexpected-value',
  'unknown-command',
  'unknown-option',
] as const

export type MisuseId = (typeof misuseIds)[number]

/** What the user typed cannot be done; ends the CLI with exit code 2 and no stack. */
export class MisuseError extends Error {
  /** Stable; listed in docs/errors.md. */
  readonly id: MisuseId
  readonly advice: string
  constructor(id: MisuseId, message: string, advice: string) {
    super(message)
    this.id = id
    this.advice = advice
  }
}

export function print(text: string): void {
  console.log(text)
}

export function fail(text: string): void {
  console.error(text)
}

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function usesColor(stream: { isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === ''
}

/** Columns as wide as their widest cell; those of `right` are aligned at their end. The last one is not filled. */
export function table(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          if (right.includes(column)) return cell.padStart(widths[column] ?? 0)
          return column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)
        })
        .join('  '),
    )
    .join('\n')
}

/** `1 target`, `2 targets`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
