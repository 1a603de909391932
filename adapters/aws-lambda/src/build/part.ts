export interface CloudResource {
  Type: string
  DependsOn?: string
  Properties: Record<string, unknown>
}

/** What one deployable adds to the template. */
export interface Part {
  parameters?: Record<string, { Type: string; Description: string; Default?: number }>
  /** Of the function, beside what every function has. */
  properties: Record<string, unknown>
  resources: Record<string, CloudResource>
  outputs: Record<string, { Description: string; Value: unknown }>
}
