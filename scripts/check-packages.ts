/** Packs every published package as npm would and lets publint and attw judge it. Needs `build` and `build:types`. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { publishedPackages, root } from './workspace.ts'

const run = promisify(execFile)
const judges: [command: string, args: string[]][] = [
  ['publint', ['run', '--strict', '--pack', 'npm']],
  ['attw', ['--pack', '.', '--profile', 'esm-only', '--format', 'ascii']],
]

let failed = 0
for (const { folder, manifest } of publishedPackages()) {
  for (const [command, args] of judges) {
    try {
      await run(command, args, { cwd: join(root, folder) })
      console.log(`ok    ${manifest.name} ${command}`)
    } catch (error) {
      failed++
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      console.error(`fail  ${manifest.name} ${command}\n${stdout}${stderr}`)
    }
  }
}
process.exit(failed === 0 ? 0 : 1)
