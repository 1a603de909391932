import type { LogSink } from '@isobar/core/adapter'

/** One JSON object per line of stdout becomes one entry: https://docs.cloud.google.com/run/docs/logging#using-json */
export const sink: LogSink = {
  write(line) {
    process.stdout.write(`${line}\n`)
  },
  labels: {
    debug: { severity: 'DEBUG' },
    info: { severity: 'INFO' },
    warn: { severity: 'WARNING' },
    error: { severity: 'ERROR' },
  },
}
