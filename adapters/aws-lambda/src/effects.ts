/**
 * What the generated shim hands over: it imports the SDK that Lambda's runtime ships, when an outcome first needs it.
 * The type is a part of the real one, so that this package brings no SDK:
 * https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/sqs/
 */
export type LoadSqs = () => Promise<{ SQS: new () => SqsClient }>

export interface SqsClient {
  sendMessage(input: SendMessageInput, options: RequestOptions): Promise<unknown>
  changeMessageVisibility(input: ChangeMessageVisibilityInput, options: RequestOptions): Promise<unknown>
}

interface RequestOptions {
  abortSignal: AbortSignal
}

export interface MessageAttribute {
  DataType: string
  StringValue?: string
  BinaryValue?: Uint8Array
}

export interface SendMessageInput {
  QueueUrl: string
  MessageBody: string
  MessageAttributes: Record<string, MessageAttribute>
  MessageSystemAttributes?: { AWSTraceHeader: { DataType: 'String'; StringValue: string } }
  MessageGroupId?: string
  MessageDeduplicationId?: string
}

export interface ChangeMessageVisibilityInput {
  QueueUrl: string
  ReceiptHandle: string
  /** Seconds. */
  VisibilityTimeout: number
}

/** What the effects of one invocation are done with. */
export interface Effects {
  client(): Promise<SqsClient>
  /** Aborts while there is time left to say that the effect failed. */
  signal(): AbortSignal
}

/** Gives the effects of an invocation; the client is made at the first need and kept for later invocations. */
export function createEffects(load: LoadSqs): (remainingMs: () => number) => Effects {
  let client: Promise<SqsClient> | undefined
  const get = (): Promise<SqsClient> => {
    client ??= load().then(
      ({ SQS }) => new SQS(),
      (error: unknown) => {
        client = undefined
        throw error
      },
    )
    return client
  }
  return (remainingMs) => ({
    client: get,
    // Half a margin of core's ahead of the end, as an effect that hangs must not take the answer of the others with it.
    signal: () => AbortSignal.timeout(Math.max(0, Math.floor(remainingMs() * 0.95))),
  })
}

/** An environment variable that the generated template sets. @throws Error when it is not set. */
export function setting(name: 'ISOBAR_QUEUE_URL' | 'ISOBAR_DEAD_LETTER_QUEUE_URL'): string {
  const value = globalThis.process.env[name]
  if (value) return value
  throw new Error(`The environment variable ${name} is not set. The generated template.yaml sets it.`)
}
