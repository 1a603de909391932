import { fileURLToPath } from 'node:url'

import type { Target } from '@isobar/compiler'

import type { EventFlaw } from './event-flaws.ts'

const runtime = fileURLToPath(new URL('./event-flaws.ts', import.meta.url))

/** A target whose shims give the official adapter definitions with a mistake in them, or spoil what it answers. */
export function brokenEventTarget(target: Target, flaw: EventFlaw): Target {
  return {
    ...target,
    emit(plan) {
      const emitted = target.emit(plan)
      return {
        ...emitted,
        entries: emitted.entries.map((entry) =>
          /\bdefinition: /.test(entry.source) ? { ...entry, source: spoil(entry.source, flaw) } : entry,
        ),
      }
    },
  }
}

/** @throws Error when a shim does not look as this expects any more. */
function spoil(shim: string, flaw: EventFlaw): string {
  if (flaw !== 'throws-for-one') {
    const spoilt = shim.replaceAll(
      /\bdefinition: ([^,}\n]+)/g,
      `definition: spoiltDefinition($1, ${JSON.stringify(flaw)})`,
    )
    return `import { spoiltDefinition } from ${JSON.stringify(runtime)}\n${spoilt}`
  }
  const [whole, start, make] = /^(export const handler = |export default )(\w+)\(/m.exec(shim) ?? []
  if (whole === undefined || start === undefined || make === undefined) {
    throw new Error(`This shim exports no handler:\n${shim}`)
  }
  // Only queues answer for a part of a batch.
  if (start.includes('handler') && !shim.includes('sqs(')) return shim
  const wrap = start.includes('default') ? 'workerThrowsForOne' : 'throwsForOne'
  const spoilt = shim.replace(whole, `${start}${wrap}(${make}(`).replace(/\}\)\s*$/, '}))\n')
  return `import { ${wrap} } from ${JSON.stringify(runtime)}\n${spoilt}`
}
