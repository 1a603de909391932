import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { expect, it } from 'vitest'

import config from '../isobar.config.ts'
import { runConformance } from './runner/run-conformance.ts'

function installedVersion(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  const manifest = folders.map((folder) => join(folder, name, 'package.json')).flatMap((file) => readIfThere(file))[0]
  return manifest?.version ?? 'not installed'
}

function readIfThere(file: string): { version: string }[] {
  try {
    return [JSON.parse(readFileSync(file, 'utf8'))]
  } catch {
    return []
  }
}

it('opens every front door of the matrix in the runtime of its vendor', async () => {
  const report = await runConformance({
    targets: config.targets,
    caseGlob: 'http/set-cookie-keeps-every-value',
    workDirectory: join(dirname(import.meta.dirname), '.isobar'),
  })
  const lambda = { name: 'aws-lambda-ric', version: installedVersion('aws-lambda-ric') }
  const azure = { name: '@azure/functions', version: installedVersion('@azure/functions') }
  const google = {
    name: '@google-cloud/functions-framework',
    version: installedVersion('@google-cloud/functions-framework'),
  }
  expect(report.doors.map(({ id, runtime }) => ({ id, runtime }))).toEqual([
    { id: 'aws-lambda/http-api', runtime: lambda },
    { id: 'aws-lambda/rest-api', runtime: lambda },
    { id: 'aws-lambda/alb', runtime: lambda },
    { id: 'aws-lambda/alb-multi-value', runtime: lambda },
    { id: 'aws-lambda/function-url', runtime: lambda },
    { id: 'aws-lambda/function-url-streaming', runtime: lambda },
    { id: 'azure-functions/streaming', runtime: azure },
    { id: 'azure-functions/buffered', runtime: azure },
    { id: 'google-cloud-functions', runtime: google },
    { id: 'cloud-run', runtime: { name: 'node', version: process.versions.node } },
    { id: 'cloudflare-workers', runtime: { name: 'workerd', version: expect.stringMatching(/^1\.\d{8}\.\d+$/) } },
  ])
  // S2: a load balancer without multi-value headers and Azure's buffered answers declare what they do to cookies.
  expect(report.results.filter(({ result }) => result !== 'pass').map(({ door, result }) => [door, result])).toEqual([
    ['aws-lambda/alb', 'declared'],
    ['azure-functions/buffered', 'declared'],
  ])
})
