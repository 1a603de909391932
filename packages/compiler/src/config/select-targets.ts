import type { Config } from './config.ts'
import { nearest } from '../diagnostics/nearest.ts'
import type { Diagnostic, Target } from '../types.ts'

/** The targets of those names in the config's order; all of them when no name is given. */
export function selectTargets(
  config: Config,
  names: readonly string[],
): { targets: Target[]; diagnostics: Diagnostic[] } {
  if (names.length === 0) return { targets: config.targets, diagnostics: [] }
  const known = config.targets.map(({ name }) => name)
  return {
    targets: config.targets.filter(({ name }) => names.includes(name)),
    diagnostics: names.filter((name) => !known.includes(name)).map((name) => unknownTarget(name, known)),
  }
}

function unknownTarget(name: string, known: readonly string[]): Diagnostic {
  const near = nearest(name, known)
  return {
    id: 'unknown-target',
    severity: 'error',
    text: `The config has no target '${name}'.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    notes: [`Its targets are ${known.join(', ')}.`],
  }
}
