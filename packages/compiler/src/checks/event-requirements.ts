import type { CapabilityKey } from '@isobar/core'
import { Visitor } from 'oxc-parser'
import { importedName } from '../discovery/classify.ts'
import type { ModuleSyntax } from '../discovery/module-syntax.ts'
import { type Location, locationAt } from '../diagnostics/source-text.ts'
import type { DiagnosticId } from '../diagnostics/ids.ts'
import type { PlannedEvent, PlannedFunction, Target } from '../types.ts'
import type { Requirement } from './requirements.ts'

/** What an event function and its options need. */
export function eventRequirements(planned: PlannedEvent, location: Location): Requirement[] {
  const { kind, name } = planned
  const needs = (id: DiagnosticId, capability: CapabilityKey, text: string, note: string): Requirement => ({
    id,
    severity: 'error',
    location,
    function: name,
    capability,
    isMet: ({ capabilities }) => capabilities[capability] === true,
    text: (target) => text.replace('TARGET', target.name),
    notes: (target) => [...absence(target, capability), note],
  })
  const offered = needs(
    'not-offered',
    kind,
    `'${name}' is a ${kind}() function, which the target 'TARGET' does not offer.`,
    'Leave the function out of this target: give the target a config of its own, whose functions folder is without it.',
  )
  // What a target does not offer at all needs no word about its options.
  const also = (requirement: Requirement): Requirement => ({
    ...requirement,
    isMet: (target) => target.capabilities[kind] !== true || requirement.isMet(target),
  })
  const requirements = [offered]
  if (kind === 'queue' && planned.trigger.ordered === true) {
    requirements.push(
      also(
        needs(
          'unordered-queue',
          'queue.ordered',
          `'${name}' wants the messages of a queue in order, which the target 'TARGET' does not keep.`,
          'Leave out ordered: true and let the handler bear any order, or use a stream.',
        ),
      ),
    )
  }
  if (kind === 'schedule' && planned.trigger.timeZone !== undefined) {
    requirements.push(
      also(
        needs(
          'no-time-zone',
          'schedule.timeZone',
          `'${name}' is scheduled in ${planned.trigger.timeZone}, but the schedules of the target 'TARGET' are in UTC.`,
          'Write the schedule in UTC, or fire oftener and look at the local time in the handler.',
        ),
      ),
    )
  }
  return requirements
}

/** Kinds of events that some target can deliver again after a time that the handler names. */
const delayable: Partial<Record<PlannedFunction['kind'], CapabilityKey>> = {
  queue: 'queue.delay',
  topic: 'topic.delay',
}

/**
 * One for each `Retry.after` of a module whose event functions cannot have it everywhere. Which of several functions it
 * is for is not known, so it is told of the module.
 */
export function delayRequirements(module: ModuleSyntax, functions: readonly PlannedFunction[]): Requirement[] {
  if (!module.source.text.includes('after')) return []
  const kinds = new Set(
    functions.filter(({ source, kind }) => source === module.source.file && kind !== 'http').map(({ kind }) => kind),
  )
  return findDelays(module).flatMap((offset) => [...kinds].map((kind) => delayRequirement(module, offset, kind)))
}

function delayRequirement(module: ModuleSyntax, offset: number, kind: PlannedFunction['kind']): Requirement {
  const capability = delayable[kind]
  return {
    id: 'retry-delay',
    severity: 'warning',
    location: locationAt(module.source, offset),
    ...(capability !== undefined && { capability }),
    isMet: ({ capabilities }) => capability !== undefined && capabilities[capability] === true,
    text: () => `Retry.after cannot be kept for a ${kind}() function: the event comes again when the platform decides.`,
    notes: (target) => (capability === undefined ? [] : absence(target, capability)),
  }
}

function findDelays(module: ModuleSyntax): number[] {
  const found: number[] = []
  new Visitor({
    CallExpression: ({ callee, start }) => {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return
      if (callee.property.name === 'after' && importedName(module, callee.object) === 'Retry') found.push(start)
    },
  }).visit(module.program)
  return found
}

function absence({ capabilities }: Target, key: CapabilityKey): string[] {
  const found = capabilities[key]
  return found === true ? [] : [found.absent, found.source]
}
