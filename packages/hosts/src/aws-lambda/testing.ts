import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Manifest } from '@isobar/compiler'
import { capabilityKeys, type Capabilities } from '@isobar/core'

import { createFrontDoor } from '../front-door.ts'
import type { BootOptions, FrontDoor, Running } from '../types.ts'
import { listenAsDoor, type DoorModel } from './door.ts'
import { awsLambdaHost } from './host.ts'
import type { Outcome } from './invocation.ts'
import type { LambdaFunction } from './lambda-function.ts'

/** What the tests of this folder share; not part of the package. */

export interface FakeLambda extends LambdaFunction {
  /** Events that it was called with, parsed. */
  events: Record<string, unknown>[]
}

/** A function that answers without a runtime, so that a door's own rules show. */
export function fakeLambda(respond: unknown): FakeLambda {
  const events: Record<string, unknown>[] = []
  return {
    name: 'fake',
    arn: 'arn:aws:lambda:us-east-1:123456789012:function:fake',
    events,
    invoke(event) {
      events.push(JSON.parse(Buffer.from(event).toString()))
      return Promise.resolve(isOutcome(respond) ? respond : buffered(respond))
    },
    warm: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  }
}

export function buffered(result: unknown): Outcome {
  return { kind: 'buffered', contentType: 'application/json', body: Buffer.from(JSON.stringify(result)) }
}

export const failed: Outcome = {
  kind: 'error',
  payload: Buffer.from('{"errorType":"Error","errorMessage":"boom","trace":[]}'),
}

function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'kind' in value
}

/** A door over a fake function, on loopback. */
export async function openDoor(
  model: (lambda: LambdaFunction) => DoorModel,
  respond: unknown,
): Promise<{ door: FrontDoor; events: FakeLambda['events'] } & AsyncDisposable> {
  const lambda = fakeLambda(respond)
  const server = await listenAsDoor(model(lambda))
  const runtime = { name: 'none', version: '0' }
  const door = createFrontDoor({ id: 'test', port: server.port, runtime, front: 'emulated', host: 'door.example' })
  return { door, events: lambda.events, [Symbol.asyncDispose]: () => server.close() }
}

/** Values of one header of an answer. */
export function header(answer: { headers: [string, string][] }, name: string): string[] {
  return answer.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

export function text(body: Uint8Array): string {
  return Buffer.from(body).toString()
}

export interface Booted extends AsyncDisposable {
  running: Running
  door: FrontDoor
  lines(): string[]
}

/** Boots the source of an ES module, which exports `handler`, in the real runtime client. */
export async function bootFunction(
  source: string,
  {
    frontDoor = 'http-api',
    timeoutMs = 10_000,
    ...options
  }: { frontDoor?: string; timeoutMs?: number } & BootOptions = {},
): Promise<Booted> {
  const directory = await mkdtemp(join(tmpdir(), 'isobar-aws-lambda-'))
  await mkdir(join(directory, 'http'))
  await writeFile(join(directory, 'http/index.mjs'), source)
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  let running: Running
  try {
    running = await awsLambdaHost.boot(directory, manifest(frontDoor, timeoutMs), options)
  } catch (error) {
    await remove()
    throw error
  }
  const [door] = running.doors
  if (door === undefined) throw new Error('The host offers no door.')
  return {
    running,
    door,
    lines: () => running.logs.map((entry) => entry.line),
    async [Symbol.asyncDispose]() {
      await running.stop()
      await remove()
    },
  }
}

export function manifest(frontDoor: string, timeoutMs: number): Manifest {
  return {
    isobar: '0.0.0',
    target: 'aws-lambda',
    platform: 'aws-lambda',
    name: 'shop',
    frontDoor,
    capabilities: Object.fromEntries(capabilityKeys.map((key) => [key, true])) as Capabilities,
    limits: { requestBytes: 0, responseBytes: 0, timeoutMs },
    functions: [
      {
        name: 'all',
        kind: 'http',
        trigger: { route: '/*' },
        source: 'all.ts',
        entry: 'http/index.mjs',
        handler: 'handler',
        bytes: 0,
        gzip: 0,
        shim: { file: 'http/shim.mjs', bytes: 0, gzip: 0 },
      },
    ],
    files: ['http/index.mjs'],
  }
}
