import { awsLambda } from '@isobar/aws-lambda/build'
import { azureFunctions } from '@isobar/azure-functions/build'
import { cloudRun } from '@isobar/cloud-run/build'
import { googleCloudFunctions } from '@isobar/google-cloud-functions/build'
import { defineConfig } from 'isobar'

export default defineConfig({
  name: 'clickstream',
  functions: 'functions',
  // Cloudflare has no ordered stream that a Worker consumes; with it here, the build says so.
  targets: [awsLambda(), azureFunctions(), googleCloudFunctions(), cloudRun()],
})
