import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

import { ownScript } from './own-script.ts'

let pipe: Writable | undefined

/**
 * Has the process group `pid` killed when this process ends, even when it ends by SIGKILL and can do nothing itself:
 * one detached watcher per host process sees the end of a pipe that only this process holds open.
 * @returns forgets the group again, once it has ended (its number may then be given to another).
 */
export function watch(pid: number): () => void {
  pipe ??= startWatcher()
  pipe.write(`+${pid}\n`)
  return () => pipe?.write(`-${pid}\n`)
}

function startWatcher(): Writable {
  const watcher = spawn(process.execPath, [ownScript('#watcher')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of the terminal's group: Ctrl-C must not end the watcher before it has done its work.
    detached: true,
    env: {},
  })
  watcher.unref()
  const { stdin } = watcher
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
  const replace = (): void => {
    if (pipe === stdin) pipe = undefined
  }
  watcher.once('error', replace)
  watcher.once('exit', replace)
  stdin.on('error', replace)
  return stdin
}
