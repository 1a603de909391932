import type { RawTrigger } from './trigger.ts'
import type { Diagnostic } from './types.ts'

export interface LoadedModule {
  definitions: { exported: string; trigger: RawTrigger }[]
  diagnostics: Diagnostic[]
}

export async function loadModule(_options: { root: string; file: string; required: boolean }): Promise<LoadedModule> {
  return { definitions: [], diagnostics: [] }
}
