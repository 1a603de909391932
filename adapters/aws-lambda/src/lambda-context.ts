/** The invocation's context object, as far as functions have a use for it. */
export interface LambdaContext {
  functionName: string
  functionVersion: string
  invokedFunctionArn: string
  /** Megabytes; Lambda gives a string. */
  memoryLimitInMB: string
  awsRequestId: string
  logGroupName: string
  logStreamName: string
  getRemainingTimeInMillis(): number
}
