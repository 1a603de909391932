import { join } from 'node:path'

import { createFrontDoor } from '../front-door.ts'
import { defaultStartTimeoutMs, running } from '../running.ts'
import type { EventSide } from '../events/types.ts'
import type { Host, LogEntry } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { alb, albDomain } from './alb.ts'
import { deployables, shared } from './deployables.ts'
import { listenAsDoor, type DoorModel } from './door.ts'
import { accessKeyIdOf } from './events/permissions.ts'
import { prepareEvents } from './events/platform.ts'
import { functionUrl, functionUrlDomain } from './function-url.ts'
import { httpApi, httpApiDomain } from './http-api.ts'
import { listenAsInvokeApi } from './invoke-api.ts'
import { accountId, createLambdaFunction, region, type LambdaFunction } from './lambda-function.ts'
import { restApi, restApiDomain } from './rest-api.ts'

/** Used where the front door sets no limit of its own. */
const defaultTimeoutMs = 30_000

interface DoorKind {
  host: string
  /** @default 'https' */
  scheme?: 'http'
  model(lambda: LambdaFunction): DoorModel
}

const doorKinds: Record<string, DoorKind> = {
  'http-api': { host: httpApiDomain, model: httpApi },
  'rest-api': { host: restApiDomain, model: restApi },
  alb: { host: albDomain, scheme: 'http', model: (lambda) => alb(lambda, 'single-value') },
  'alb-multi-value': { host: albDomain, scheme: 'http', model: (lambda) => alb(lambda, 'multi-value') },
  'function-url': { host: functionUrlDomain, model: (lambda) => functionUrl(lambda, 'BUFFERED') },
  'function-url-streaming': { host: functionUrlDomain, model: (lambda) => functionUrl(lambda, 'RESPONSE_STREAM') },
}

/** Boots functions for AWS Lambda: the vendor's runtime client in child processes, our model of the service around it. */
export const awsLambdaHost: Host = {
  platform: 'aws-lambda',
  async boot(directory, manifest, options) {
    const name = manifest.frontDoor ?? 'http-api'
    const kind = doorKinds[name]
    if (kind === undefined) {
      const known = Object.keys(doorKinds).join(', ')
      throw new Error(`The manifest of ${directory} names the front door ${name}; this host has ${known}.`)
    }
    if (manifest.functions.length === 0) throw new Error(`The manifest of ${directory} has no function.`)
    const vendor = requireVendor('aws-lambda-ric', directory)
    const logs: LogEntry[] = []
    const onLog = (entry: LogEntry): void => {
      logs.push(entry)
      options.onLog?.(entry)
    }
    const script = join(vendor.directory, 'index.mjs')
    const parts = deployables(manifest)
    const events = await prepareEvents(directory, manifest, parts)
    const lambdas = parts.map((one) => {
      const deployed = events?.functionOf(one)
      const name = deployed?.name ?? one.physicalName
      const lambda = createLambdaFunction({
        name,
        timeoutMs: deployed?.timeoutMs ?? manifest.limits.timeoutMs ?? defaultTimeoutMs,
        script,
        taskRoot: join(directory, one.folder),
        env: { ...deployed?.environment, ...options.env, ...environment(name, one.handler) },
        initTimeoutMs: options.startTimeoutMs ?? defaultStartTimeoutMs,
        onLog,
      })
      return { ...one, name, lambda }
    })
    const stopLambdas = async (): Promise<void> => {
      await Promise.all(lambdas.map(({ lambda }) => lambda.stop()))
      await events?.close()
    }
    let side: Partial<EventSide> | undefined
    try {
      side = events?.connect(lambdas.map(({ lambda }) => lambda))
      await Promise.all(lambdas.map(({ lambda }) => lambda.warm()))
    } catch (error) {
      await stopLambdas()
      throw error
    }
    const behindDoors = lambdas.filter(({ functions }) => functions.some((one) => one.kind === 'http'))
    const servers = await Promise.all(behindDoors.map(({ lambda }) => listenAsDoor(kind.model(lambda))))
    const callable = lambdas.flatMap(({ names, name, lambda }) => [name, ...names].map((one) => [one, lambda] as const))
    const invokeApi = await listenAsInvokeApi(new Map(callable))
    const doors = servers.map(({ port }, index) => {
      const folder = behindDoors[index]?.folder ?? shared
      return createFrontDoor({
        id: folder === shared ? `aws-lambda/${name}` : `aws-lambda/${name}/${folder}`,
        port,
        host: kind.host,
        origin: `${kind.scheme ?? 'https'}://${kind.host}`,
        runtime: { name: vendor.name, version: vendor.version },
        front: 'emulated',
      })
    })
    return running({
      ...side,
      doors,
      logs,
      async kill() {
        await Promise.all(lambdas.map(({ lambda }) => lambda.kill()))
      },
      endpoints: { invoke: new URL(`http://127.0.0.1:${invokeApi.port}`) },
      async stop() {
        await Promise.all([...servers.map((server) => server.close()), invokeApi.close(), stopLambdas()])
      },
    })
  },
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function environment(functionName: string, handler: string): Record<string, string> {
  return {
    _HANDLER: handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]00000000000000000000000000000000',
    AWS_ACCESS_KEY_ID: accessKeyIdOf(functionName),
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: `session-of-${accountId}`,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  }
}
