import { afterAll, beforeAll } from 'vitest'

import { boot } from '../boot.ts'
import { eventManifest, type Listening } from '../google-events/testing.ts'
import { folderWith, until } from '../testing.ts'
import type { Running } from '../types.ts'

/** A container that logs every request, and fails those whose path is `/.isobar/fail…` or that its data says. */
const server = `
import { createServer } from 'node:http'
createServer((request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const body = Buffer.concat(pieces)
    console.log(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body: body.toString('latin1') }))
    response.statusCode = body.includes('please fail') || request.url.includes('fail') ? 500 : 204
    response.end()
  })
}).listen(process.env.PORT)
`

const service = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: shop-events }
spec:
  template:
    spec:
      containers:
        - { image: image, command: [node, server.mjs], env: [{ name: ISOBAR_ROLE, value: events }] }
`

/** What the container was asked. */
export interface Request {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

export interface RecordingService {
  /** Runs from the first test of the file to the last. */
  readonly running: Running
  /** What the container got for a function, once it is so many requests. */
  requests: (path: string, count: number) => Promise<Request[]>
}

/** Deploys the container as the service `shop-events`, with what else is deployed. */
export function recordingService(kinds: Listening[], deploy: object): RecordingService {
  const folder = folderWith({
    'manifest.json': JSON.stringify(eventManifest('cloud-run', kinds)),
    'server.mjs': server,
    'service.yaml': service,
    'events.tf.json': JSON.stringify(deploy),
  })
  let running: Running | undefined
  const booted = (): Running => {
    if (!running) throw new Error('The service runs from the first test on.')
    return running
  }

  beforeAll(async () => {
    running = await boot('cloud-run', folder.path)
  })

  afterAll(async () => {
    await running?.stop()
    folder[Symbol.dispose]()
  })

  return {
    get running() {
      return booted()
    },
    requests(path, count) {
      const all = (): Request[] =>
        booted().logs.flatMap(({ line }) => (line.includes(`"/.isobar/${path}"`) ? [JSON.parse(line)] : []))
      return until(() => all().length >= count && all())
    },
  }
}
