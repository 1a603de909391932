import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@isobar/compiler'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const config = `import { awsLambda } from '@isobar/aws-lambda/build'
import { azureFunctions } from '@isobar/azure-functions/build'
import { cloudRun } from '@isobar/cloud-run/build'
import { cloudflareWorkers } from '@isobar/cloudflare-workers/build'
import { googleCloudFunctions } from '@isobar/google-cloud-functions/build'
export default {
  name: 'shop',
  targets: [
    awsLambda({ frontDoor: 'restapi', memory: 512, timeoutSeconds: 60 }),
    awsLambda({ name: 'gateway', timeoutSeconds: 31 }),
    azureFunctions({ frontDoor: 'stream' }),
    cloudRun({ timeout: 10, concurrency: 0 }),
    cloudflareWorkers({ compatibilityDate: 'today', compatibilityFlags: 'nodejs_compat' }),
    googleCloudFunctions({ timeoutSeconds: -1, origin: 'https://api.example.com/v1' }),
  ],
}
`

test('every wrong option of every official target is told in one run', async () => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'isobar-options-')))
  try {
    mkdirSync(join(project, 'node_modules/@isobar'), { recursive: true })
    for (const adapter of [
      'aws-lambda',
      'azure-functions',
      'cloud-run',
      'cloudflare-workers',
      'google-cloud-functions',
    ]) {
      symlinkSync(join(root, 'adapters', adapter), join(project, 'node_modules/@isobar', adapter))
    }
    writeFileSync(join(project, 'isobar.config.ts'), config)
    const { diagnostics } = await loadConfig({ cwd: project })
    expect(
      diagnostics.map(({ text, notes, location }) => [`${location?.line}:${location?.column}`, text, ...notes]),
    ).toEqual([
      [
        '9:28',
        "The target 'aws-lambda' has 'restapi' as 'frontDoor'; it must be one of http-api, rest-api, alb, alb-multi-value, function-url, function-url-streaming.",
        "Did you mean 'rest-api'?",
      ],
      [
        '9:39',
        "The target 'aws-lambda' has no option 'memory'. Did you mean 'memoryMb'?",
        'The options are name, frontDoor, origin, memoryMb, timeoutSeconds, runtime.',
      ],
      [
        '10:50',
        "The target 'gateway' has 31 as 'timeoutSeconds'; it must be a whole number from 1 to 30.",
        "The front door 'http-api' waits no longer than 30 s.",
      ],
      [
        '11:33',
        "The target 'azure-functions' has 'stream' as 'frontDoor'; it must be one of streaming, buffered.",
        "Did you mean 'streaming'?",
      ],
      [
        '12:16',
        "The target 'cloud-run' has no option 'timeout'. Did you mean 'timeoutSeconds'?",
        'The options are name, origin, timeoutSeconds, concurrency, pubsubPayload.',
      ],
      ['12:42', "The target 'cloud-run' has 0 as 'concurrency'; it must be a whole number from 1 to 1000."],
      [
        '13:44',
        "The target 'cloudflare-workers' has 'today' as 'compatibilityDate'; it must be a date, such as '2026-01-31'.",
      ],
      [
        '13:73',
        "The target 'cloudflare-workers' has 'nodejs_compat' as 'compatibilityFlags'; it must be an array of texts.",
      ],
      [
        '14:44',
        "The target 'google-cloud-functions' has -1 as 'timeoutSeconds'; it must be a whole number from 1 to 3600.",
      ],
      [
        '14:56',
        "The target 'google-cloud-functions' has 'https://api.example.com/v1' as 'origin'; it must be a scheme and host without a path, such as 'https://api.example.com'.",
        "Write 'https://api.example.com'.",
      ],
    ])
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
})
