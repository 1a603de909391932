/** An event whose data is not what its trigger says: it cannot be decoded, or the schema refuses it. */
export class EventDataError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'EventDataError'
  }
}

/** A message that its platform does not send in this form. The adapter says what came and what was expected. */
export class MalformedEventError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'MalformedEventError'
  }
}
