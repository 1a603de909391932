/** Variables and secrets; a binding that is no string stays on `native` (C3). */
export function strings(env: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
