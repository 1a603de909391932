import type { Place } from './computed.ts'

/** `resource.google_pubsub_topic.orders`, by its parts. */
export interface Raw {
  mode: 'resource' | 'data'
  type: string
  label: string
  body: unknown
  file: string
}

/** What stands in the files of a root module. */
export interface Module {
  declared: Raw[]
  place: Place
  /** Their defaults. */
  variables: Map<string, unknown>
  locals: Map<string, unknown>
}

/** A block that JSON syntax may write as an array of one. */
export function single(body: unknown): unknown {
  return Array.isArray(body) && body.length === 1 ? body[0] : body
}
