import type { Diagnostic, PlannedEvent } from '@isobar/compiler'

/** What the build half has to say of one event function while it plans it. */
export interface Checks {
  diagnostics: Diagnostic[]
  /** The value of an option of the trigger, or its default; over the limit it is told, and the limit taken. */
  limited(option: LimitedOption, rule: LimitRule): number
  /** The name of the resource where it is deployed; what the platform cannot call so is told. */
  name(given: string, rule: NameRule): string
  /** The name of what is the function's own; one that is too long is told. */
  ownName(found: string, rule: { what: string; longest: number; source: string }): string
  say(diagnostic: Pick<Diagnostic, 'id' | 'severity' | 'text' | 'notes'>): void
}

export type LimitedOption = 'maxAttempts' | 'batchSize' | 'concurrency' | 'timeoutMs'

export interface LimitRule {
  default: number
  max: number
  /** What sets the limit: `a FIFO queue hands over`. */
  because: string
  source: string
}

export interface NameRule {
  /** What is called so: `queue`. */
  what: string
  pattern: RegExp
  /** What the pattern says, in words. */
  expected: string
  source: string
}

export function checksOf(planned: PlannedEvent, target: string): Checks {
  const { name, source, line } = planned
  const diagnostics: Diagnostic[] = []
  const say: Checks['say'] = (diagnostic) =>
    void diagnostics.push({
      ...diagnostic,
      location: { file: source, line, column: 1 },
      target,
      function: name,
    })
  return {
    diagnostics,
    say,
    ownName(found, { what, longest, source: page }) {
      if (found.length > longest) {
        say({
          id: 'aws-resource-name',
          severity: 'error',
          text: `The ${what} of '${name}' would be called '${found}', and it may have at most ${longest} characters.`,
          notes: ['Give the function a shorter name, or the application.', page],
        })
      }
      return found
    },
    limited(option, rule) {
      const value: unknown = Reflect.get(planned.trigger, option)
      if (typeof value !== 'number' || !Number.isFinite(value)) return rule.default
      if (value <= rule.max) return value
      say({
        id: 'aws-trigger-limit',
        severity: 'warning',
        text: `'${name}' sets ${option} to ${value}, but ${rule.because} at most ${rule.max}.`,
        notes: [`It gets ${rule.max} on this target. Lower it to say so.`, rule.source],
      })
      return rule.max
    },
    name(given, rule) {
      if (!rule.pattern.test(given)) {
        say({
          id: 'aws-resource-name',
          severity: 'error',
          text: `'${name}' listens to the ${rule.what} '${planned.resource.logical}', which cannot be called '${given}' on AWS: ${rule.expected}.`,
          notes: [`Give it another name for this target in the config's resources.`, rule.source],
        })
      }
      return given
    },
  }
}
