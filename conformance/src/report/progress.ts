import type { Progress } from '../runner/run-conformance.ts'

/** The part of a terminal or a pipe that progress is written to; `process.stderr` is one. */
export interface ProgressStream {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/**
 * Shows a run as it goes: on a terminal one line that is written over, with failures above it; elsewhere a line per
 * door that opens, per failure, and at every quarter.
 */
export function createProgress(stream: ProgressStream): (progress: Progress) => void {
  const terminal = stream.isTTY === true
  let quarter = 0
  let failed = 0

  const line = (text: string): void => {
    stream.write(terminal ? `\r\u001b[2K${text}\n` : `${text}\n`)
  }
  const status = (text: string): void => {
    if (terminal) stream.write(`\r\u001b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`)
  }

  return (progress) => {
    switch (progress.kind) {
      case 'start':
        line(
          `Building the reference application and booting ${progress.targets} target(s) for ${progress.cases} case(s)`,
        )
        return
      case 'door': {
        const { id, runtime } = progress.door
        if (progress.error === undefined) line(`${id} is open: ${runtime.name} ${runtime.version}`)
        else line(`${id} did not boot: ${progress.error}`)
        return
      }
      case 'result': {
        const { result, done, total } = progress
        if (result.result === 'fail') {
          failed += 1
          line(`fail ${result.case} at ${result.door}`)
        }
        const counts = `${done} of ${total} done, ${failed} failed`
        status(`${counts}: ${result.door} ${result.case}`)
        const reached = Math.floor((done / total) * 4)
        if (reached > quarter) {
          quarter = reached
          if (!terminal) line(counts)
        }
        if (terminal && done === total) stream.write('\r\u001b[2K')
        return
      }
    }
  }
}
