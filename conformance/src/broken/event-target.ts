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

function spoil(shim: string, flaw: EventFlaw): string {
  if (flaw !== 'throws-for-one') {
    const spoilt = shim.replaceAll(
      /\bdefinition: ([^,}\n]+)/g,
      `definition: spoiltDefinition($1, ${JSON.stringify(flaw)})`,
    )
    return `import { spoiltDefinition } from ${JSON.stringify(runtime)}\n${spoilt}`
  }
  const imports = (wrap: string): string => `import { ${wrap} } from ${JSON.stringify(runtime)}\n`
  // A worker is an object of handlers; else only queues answer for a part of a batch.
  if (/^export default \{$/m.test(shim)) {
    const spoilt = shim.replace(/^export default \{$/m, 'export default workerThrowsForOne({').replace(/\}\s*$/, '})\n')
    return imports('workerThrowsForOne') + spoilt
  }
  if (!shim.includes('= sqs({')) return shim
  return imports('throwsForOne') + shim.replace('= sqs({', '= throwsForOne(sqs({').replace(/\}\)\s*$/, '}))\n')
}
