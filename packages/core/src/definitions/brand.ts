/** Marks a definition. Shared between copies of this package, so that what one made is known to the other. */
export const brand: unique symbol = Symbol.for('isobar.definition')

/** What a function can be triggered by, beside HTTP. */
export const eventKinds = ['queue', 'topic', 'schedule', 'storage', 'stream', 'changes', 'event'] as const

export type EventKind = (typeof eventKinds)[number]
