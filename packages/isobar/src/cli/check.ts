import { check } from '@isobar/compiler'
import type { CommandOptions } from './arguments.ts'
import { exitCode, report } from './diagnostics.ts'
import { print } from './output.ts'

export async function runCheck(options: CommandOptions): Promise<number> {
  const { diagnostics } = await check({
    targets: options.targets,
    ...(options.config !== undefined && { file: options.config }),
  })
  if (options.json) print(JSON.stringify({ diagnostics }, undefined, 2))
  else print(diagnostics.length === 0 ? 'No problems found.' : report(diagnostics, process.stdout))
  return exitCode(diagnostics)
}
