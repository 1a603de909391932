import { dirname, join } from 'node:path'
import { basename, extname } from 'node:path/posix'

import type { Manifest } from '@isobar/compiler'

import { createFrontDoor } from '../front-door.ts'
import { defaultStartTimeoutMs, running } from '../running.ts'
import type { Host, LogEntry } from '../types.ts'
import { requireVendor } from '../vendor.ts'
import { alb, albDomain } from './alb.ts'
import { listenAsDoor, type DoorModel } from './door.ts'
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
    const lambdas = deployables(manifest).map((one) => ({
      ...one,
      lambda: createLambdaFunction({
        name: one.physicalName,
        timeoutMs: manifest.limits.timeoutMs ?? defaultTimeoutMs,
        script,
        taskRoot: join(directory, one.folder),
        env: { ...options.env, ...environment(one.physicalName, one.handler) },
        initTimeoutMs: options.startTimeoutMs ?? defaultStartTimeoutMs,
        onLog,
      }),
    }))
    const stopLambdas = async (): Promise<void> => {
      await Promise.all(lambdas.map(({ lambda }) => lambda.stop()))
    }
    try {
      await Promise.all(lambdas.map(({ lambda }) => lambda.warm()))
    } catch (error) {
      await stopLambdas()
      throw error
    }
    const servers = await Promise.all(lambdas.map(({ lambda }) => listenAsDoor(kind.model(lambda))))
    const callable = lambdas.flatMap(({ names, lambda }) => names.map((one) => [one, lambda] as const))
    const invokeApi = await listenAsInvokeApi(new Map(callable))
    const doors = servers.map(({ port }, index) => {
      const folder = lambdas[index]?.folder ?? shared
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
      doors,
      logs,
      endpoints: { invoke: new URL(`http://127.0.0.1:${invokeApi.port}`) },
      async stop() {
        await Promise.all([...servers.map((server) => server.close()), invokeApi.close(), stopLambdas()])
      },
    })
  },
}

/** The folder of the functions that share a router. */
const shared = 'http'

interface Deployable {
  folder: string
  handler: string
  physicalName: string
  /** The physical name is what a deployment makes of it; a caller knows the folder and the functions in it. */
  names: string[]
}

/** One Lambda function for each entry of the manifest, the shared one first. */
function deployables({ name, functions }: Manifest): Deployable[] {
  const entries = [...new Set(functions.map(({ entry }) => entry))]
  return entries
    .map((entry): Deployable => {
      const inside = functions.filter((one) => one.entry === entry)
      const folder = dirname(entry)
      const physicalName = `${name}-${folder}`.replaceAll(/[^A-Za-z0-9_-]/g, '-')
      return {
        folder,
        handler: `${basename(entry, extname(entry))}.${inside[0]?.handler ?? 'handler'}`,
        physicalName,
        names: [physicalName, folder, ...inside.map((one) => one.name)],
      }
    })
    .toSorted((a, b) => Number(b.folder === shared) - Number(a.folder === shared))
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
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: `session-of-${accountId}`,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
  }
}
