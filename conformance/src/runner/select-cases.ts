import type { Case } from '../types.ts'

/**
 * The cases whose whole id matches: `*` is any run of characters, `?` one.
 * @throws RangeError when none does.
 */
export function selectCases(cases: readonly Case[], glob: string | undefined): readonly Case[] {
  if (glob === undefined) return cases
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  const pattern = new RegExp(`^${source}$`)
  const selected = cases.filter(({ id }) => pattern.test(id))
  if (selected.length > 0) return selected
  const [example] = cases
  throw new RangeError(
    `No conformance case matches '${glob}'.${example ? ` Ids look like '${example.id}'; '*' stands for any characters.` : ''}`,
  )
}
