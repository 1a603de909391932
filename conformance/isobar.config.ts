import { awsLambda } from '@isobar/aws-lambda/build'
import { azureFunctions } from '@isobar/azure-functions/build'
import { cloudRun } from '@isobar/cloud-run/build'
import { cloudflareWorkers } from '@isobar/cloudflare-workers/build'
import { googleCloudFunctions } from '@isobar/google-cloud-functions/build'
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
    azureFunctions({ name: 'azure-functions-streaming', frontDoor: 'streaming' }),
    azureFunctions({ name: 'azure-functions-buffered', frontDoor: 'buffered', queues: 'service-bus' }),
    googleCloudFunctions({ name: 'google-cloud-functions' }),
    cloudRun({ name: 'cloud-run' }),
    cloudflareWorkers({ name: 'cloudflare-workers' }),
  ],
})

export default config
