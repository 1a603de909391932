import type { LogSink } from '@isobar/core/adapter'

/**
 * A line of JSON is indexed by its fields, and the method of `console` is its level:
 * https://developers.cloudflare.com/workers/observability/logs/workers-logs/#best-practices
 */
export const sink: LogSink = {
  write(line, level) {
    console[level](line)
  },
}
