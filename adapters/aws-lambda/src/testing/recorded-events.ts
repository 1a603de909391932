/** What an event must be, besides its data, as read off the recorded one by hand. */
export interface ExpectedEvent {
  id: string
  type: string
  time: string
  subject?: string
  attributes?: Record<string, string>
  data?: unknown
  /** Without the place in the batch. */
  delivery?: Record<string, unknown>
}

/** What is recorded of one source, by file. */
export interface Recorded {
  events: Record<string, ExpectedEvent[]>
  /** What the refusal of the whole event says. */
  refused?: Record<string, RegExp>
  /** What the error of its one record says. */
  malformed?: Record<string, RegExp>
}
