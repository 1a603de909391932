import type { LogSink } from '@isobar/core/adapter'
import type { AzureInvocationContext } from './native.ts'

/** Outside an invocation there is only the console, whose lines the host logs as the worker's own. */
export const sink: LogSink = { write: (line, level) => console[level](line) }

/**
 * Within one, the methods of the invocation context: the line becomes one trace with its level, in the category of the
 * function and under the id of the invocation; a line on stdout has neither.
 * https://learn.microsoft.com/azure/azure-functions/functions-reference-node#logging
 */
export function invocationSink(context: AzureInvocationContext): LogSink {
  return { write: (line, level) => context[level](line) }
}
