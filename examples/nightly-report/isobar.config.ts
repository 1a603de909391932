import { awsLambda } from '@isobar/aws-lambda/build'
import { azureFunctions } from '@isobar/azure-functions/build'
import { cloudRun } from '@isobar/cloud-run/build'
import { cloudflareWorkers } from '@isobar/cloudflare-workers/build'
import { googleCloudFunctions } from '@isobar/google-cloud-functions/build'
import { defineConfig } from 'isobar'

export default defineConfig({
  name: 'nightly-report',
  functions: 'functions',
  targets: [awsLambda(), azureFunctions(), googleCloudFunctions(), cloudRun(), cloudflareWorkers()],
})
