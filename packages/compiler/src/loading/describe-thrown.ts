/** An error in one line for people: `TypeError: x is not a function`. */
export function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}.`
  const text = `${error.name}: ${error.message.split('\n')[0] ?? ''}`
  return /[.!?]$/.test(text) ? text : `${text}.`
}
