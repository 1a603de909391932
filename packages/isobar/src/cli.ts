import { parseCommand } from './cli/arguments.ts'
import { runBuild } from './cli/build.ts'
import { runCheck } from './cli/check.ts'
import { runConform } from './cli/conform.ts'
import { fail, MisuseError, print } from './cli/output.ts'
import { usage } from './cli/usage.ts'
import { version } from './cli/version.ts'

/** Exit codes: 0 all right, 1 diagnostics or failed cases, 2 misuse. */
async function main(args: string[]): Promise<number> {
  const command = parseCommand(args)
  switch (command.name) {
    case 'help':
      print(usage(command.topic))
      return 0
    case 'version':
      print(version())
      return 0
    case 'build':
      return runBuild(command.options)
    case 'check':
      return runCheck(command.options)
    case 'conform':
      return runConform(command.options)
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof MisuseError) {
    fail(`${error.message} (${error.id})\n${error.advice}`)
    process.exitCode = 2
  } else {
    // Not the user's mistake, so the stack is what a report of it needs.
    fail(
      `isobar ${version()} met an error of its own. Please report it with these lines:\n${error instanceof Error ? error.stack : String(error)}`,
    )
    process.exitCode = 1
  }
}
// What a config left running (a timer, a watcher) shall not keep the command from ending.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))))
process.exit()
