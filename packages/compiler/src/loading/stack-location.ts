import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Location, locationAt, projectPath, readSource } from '../diagnostics/source-text.ts'

/** The first place in a stack that is the project's own code. */
export function stackLocation(root: string, stack: string): Location | undefined {
  for (const [, place = '', line = '', column = ''] of stack.matchAll(
    /(?:\(|at (?:async )?)((?:file:\/\/)?[^()\n]+?):(\d+):(\d+)\)?$/gm,
  )) {
    const file = place.startsWith('file://') ? fileURLToPath(place) : place
    const relative = projectPath(root, file)
    if (relative.startsWith('..') || relative.includes('node_modules') || !existsSync(file)) continue
    const source = readSource(root, file)
    const lines = source.text.split('\n')
    const offset = lines.slice(0, Number(line) - 1).reduce((sum, text) => sum + text.length + 1, 0)
    return locationAt(source, offset + Number(column) - 1)
  }
  return undefined
}
