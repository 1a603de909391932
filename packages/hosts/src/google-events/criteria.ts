/** A filter of a trigger. */
export interface Criterion {
  attribute: string
  value: string
  isPattern: boolean
}

export function matches(
  { attribute, value, isPattern }: Criterion,
  attributes: Readonly<Record<string, string>>,
): boolean {
  const actual = attributes[attribute]
  if (actual === undefined) return false
  return isPattern ? pathPattern(value).test(actual) : actual === value
}

/** `*` and `{name}` are one segment, `**` and `{name=**}` any number: https://cloud.google.com/eventarc/docs/path-patterns */
function pathPattern(pattern: string): RegExp {
  const source = pattern.replace(/\{\w+=\*\*\}|\{\w+(?:=\*)?\}|\*\*|\*|[^*{}]+|[{}]/g, (part) => {
    if (part.includes('**')) return '.*'
    if (part === '*' || /^\{\w/.test(part)) return '[^/]+'
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source}$`)
}
