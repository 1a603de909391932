/** Writes the generated parts of the documents; with --check it only says which are stale. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import config from '../conformance/isobar.config.ts'
import {
  absenceReasons,
  capabilityMatrix,
  eventKeys,
  eventTargets,
  lacking,
  replaceGenerated,
  requestKeys,
} from './capability-tables.ts'
import { root } from './workspace.ts'

const sources = eventTargets(config.targets)
const parts: [path: string, name: string, content: string][] = [
  ['README.md', 'capabilities', capabilityMatrix(config.targets, lacking(config.targets, requestKeys))],
  ['docs/http-profile.md', 'capabilities', absenceReasons(config.targets, requestKeys)],
  ['docs/events.md', 'event-capabilities', capabilityMatrix(sources, eventKeys)],
  ['docs/events.md', 'event-absences', absenceReasons(sources, eventKeys)],
]

let stale = 0
for (const [path, name, content] of parts) {
  const file = join(root, path)
  const old = readFileSync(file, 'utf8')
  const text = replaceGenerated(old, name, content)
  if (text === old) continue
  stale++
  if (process.argv.includes('--check')) console.error(`${path}: the part '${name}' is stale; run \`npm run docs\`.`)
  else writeFileSync(file, text)
}
process.exit(process.argv.includes('--check') && stale > 0 ? 1 : 0)
