/** What Lambda tells of an invocation that it gives up. */
export interface GivenUp {
  timestamp: Date
  requestId: string
  functionArn: string
  /** `RetriesExhausted` and the like. */
  condition: string
  /** How often it was tried. */
  count: number
}

/**
 * The body of a message to a destination for failures:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @param members names and JSON texts that are put in as they stand.
 */
export function invocationRecord(
  { timestamp, requestId, functionArn, condition, count }: GivenUp,
  members: readonly (readonly [name: string, json: string])[],
): string {
  const common = JSON.stringify({
    version: '1.0',
    timestamp,
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: count },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  })
  const others = members.map(([name, json]) => `,${JSON.stringify(name)}:${json}`)
  return `${common.slice(0, -1)}${others.join('')}}`
}
