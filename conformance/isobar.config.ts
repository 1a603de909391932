import { awsLambda } from '@isobar/aws-lambda/build'
import { cloudRun } from '@isobar/cloud-run/build'
import { cloudflareWorkers } from '@isobar/cloudflare-workers/build'
import { defineConfig, type Config } from '@isobar/compiler'

/** The full matrix: every front door of every platform. */
const config: Config = defineConfig({
  name: 'conformance',
  functions: 'src/application/reference/functions',
  targets: [
    awsLambda({ name: 'aws-lambda-http-api', frontDoor: 'http-api' }),
    awsLambda({ name: 'aws-lambda-rest-api', frontDoor: 'rest-api' }),
    awsLambda({ name: 'aws-lambda-alb', frontDoor: 'alb' }),
    awsLambda({ name: 'aws-lambda-alb-multi-value', frontDoor: 'alb-multi-value' }),
    awsLambda({ name: 'aws-lambda-function-url', frontDoor: 'function-url' }),
    awsLambda({ name: 'aws-lambda-function-url-streaming', frontDoor: 'function-url-streaming' }),
    cloudRun({ name: 'cloud-run' }),
    cloudflareWorkers({ name: 'cloudflare-workers' }),
  ],
})

export default config
