import type { Target } from '@isobar/compiler'
import { capabilityKeys, type Absence, type CapabilityKey } from '@isobar/core'

export type Declaring = Pick<Target, 'name' | 'capabilities'>

const isAboutEvents = (key: CapabilityKey): boolean => !/^(?:http|process)\./.test(key)

/** What is about requests, and what is about events: each has a table of its own. */
export const requestKeys: readonly CapabilityKey[] = capabilityKeys.filter((key) => !isAboutEvents(key))
export const eventKeys: readonly CapabilityKey[] = capabilityKeys.filter(isAboutEvents)

/** The targets that differ in their event sources, named by them. */
export function eventTargets(targets: readonly Target[]): Declaring[] {
  const bySources = new Map<string, Declaring>()
  for (const { platform, eventSources, capabilities } of targets) {
    const name = eventSources === undefined ? platform : `${platform} (${eventSources})`
    if (!bySources.has(name)) bySources.set(name, { name, capabilities })
  }
  return [...bySources.values()]
}

interface AbsentAt {
  targets: string[]
  absence: Absence
}

/** The capabilities that some target lacks. */
export function lacking(targets: readonly Declaring[], keys: readonly CapabilityKey[]): CapabilityKey[] {
  return keys.filter((key) => targets.some(({ capabilities }) => capabilities[key] !== true))
}

/** One row a capability, one column a target. */
export function capabilityMatrix(targets: readonly Declaring[], keys: readonly CapabilityKey[]): string {
  const rows = keys.map((key) => [
    `\`${key}\``,
    ...targets.map(({ capabilities }) => {
      const capability = capabilities[key]
      if (capability === true) return '✓'
      return capability.because === 'platform' ? '–' : 'local –'
    }),
  ])
  return table(['capability', ...targets.map(({ name }) => name)], rows)
}

/** Every absence with its reason and source; front doors that give the same reason share a row. */
export function absenceReasons(targets: readonly Declaring[], keys: readonly CapabilityKey[]): string {
  const rows = keys.flatMap((key) =>
    groupByReason(key, targets).map(({ targets: names, absence }) => [
      `\`${key}\``,
      names.join(', '),
      absence.absent,
      absence.because,
      link(absence.source),
    ]),
  )
  return table(['capability', 'absent at', 'what happens instead, and why', 'because of the', 'source'], rows)
}

function groupByReason(key: CapabilityKey, targets: readonly Declaring[]): AbsentAt[] {
  const groups = new Map<string, AbsentAt>()
  for (const { name, capabilities } of targets) {
    const absence = capabilities[key]
    if (absence === true) continue
    const group = groups.get(absence.absent) ?? { targets: [], absence }
    group.targets.push(name)
    groups.set(absence.absent, group)
  }
  return [...groups.values()]
}

/** Replaces what stands between `<!-- generated: NAME -->` and `<!-- /generated -->`. @throws Error without the marks. */
export function replaceGenerated(text: string, name: string, content: string): string {
  const start = `<!-- generated: ${name} -->\n`
  const from = text.indexOf(start)
  const to = text.indexOf('<!-- /generated -->', from)
  if (from < 0 || to < 0) throw new Error(`There is no place for the generated part '${name}'.`)
  return `${text.slice(0, from + start.length)}\n${content}\n\n${text.slice(to)}`
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function link(source: string): string {
  const url = URL.parse(source)
  return url?.protocol.startsWith('http') ? `[${url.host}](${source})` : source
}
