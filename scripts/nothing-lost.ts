/** Sends 10,000 messages through every target while handlers fail and runtimes are killed; ends with 1 when one is lost. */
import { parseArgs } from 'node:util'

import { runNothingLost } from '@isobar/conformance'
import config from '../conformance/isobar.config.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
  },
})

let failed = 0
const seen = new Set<string>()
for (const target of config.targets) {
  // Front doors make no difference to events.
  const sources = `${target.platform} ${target.eventSources ?? ''}`
  if (seen.has(sources) || (values.target !== undefined && target.platform !== values.target)) continue
  seen.add(sources)
  const report = await runNothingLost({ target, messages: Number(values.messages), seed: Number(values.seed) })
  const { door, messages, attempts, kills, done, dead, lost, durationMs } = report
  console.log(
    `${door}: ${messages} messages, ${attempts} attempts, ${kills} kills: ${done} done, ${dead} dead, ${lost.length} lost (${(durationMs / 1000).toFixed(1)} s)`,
  )
  for (const one of lost.slice(0, 10)) console.log(`  lost ${one}`)
  if (lost.length > 0) failed += 1
}
process.exit(failed > 0 ? 1 : 0)
