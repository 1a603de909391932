import type { PlannedEvent } from '@isobar/compiler'

/** What the shim makes of an event function by the runtime half: `queue({ … })`. */
export interface ShimSource {
  /** Imported from the runtime half. */
  factory: string
  text: string
}

export function sourceOf(
  { kind, name }: PlannedEvent,
  target: string,
  definition: string,
  more: Readonly<Record<string, string>> = {},
): ShimSource {
  const members = [
    `target: ${quote(target)}`,
    `name: ${quote(name)}`,
    `definition: ${definition}`,
    ...Object.entries(more).map(([option, value]) => `${option}: ${quote(value)}`),
  ]
  return { factory: kind, text: `${kind}({ ${members.join(', ')} })` }
}

export function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
