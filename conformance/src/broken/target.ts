import { fileURLToPath } from 'node:url'

import type { Target } from '@isobar/compiler'

import type { Flaw } from './flaws.ts'

const runtime = fileURLToPath(new URL('./runtime.ts', import.meta.url))

/** A target whose shim gives the official adapter's runtime an application with a mistake in it. */
export function brokenTarget(target: Target, flaw: Flaw): Target {
  return {
    ...target,
    emit(plan) {
      const emitted = target.emit(plan)
      return { ...emitted, entries: emitted.entries.map((entry) => ({ ...entry, source: spoil(entry.source, flaw) })) }
    },
  }
}

/**
 * The shim calls one function of the adapter beside `load`, with the application as its argument.
 * @throws Error when it does not look so any more.
 */
function spoil(shim: string, flaw: Flaw): string {
  const names = /^import \{([^}]+)\} from '@isobar\//m
    .exec(shim)?.[1]
    ?.split(',')
    .map((name) => name.trim())
  const make = names?.find((name) => name !== 'load')
  if (make === undefined) throw new Error(`This shim imports no function of an adapter:\n${shim}`)
  const argument = `${make}({`
  if (!shim.includes(argument)) throw new Error(`This shim does not call ${make} with an application:\n${shim}`)
  const spoilt = shim.replace(argument, `${make}(spoilt({`).replace(/\}\)\s*$/, `}, ${JSON.stringify(flaw)}))\n`)
  return `import { spoilt } from ${JSON.stringify(runtime)}\n${spoilt}`
}
