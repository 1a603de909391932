import type { Host } from './types.ts'

/** The built-in hosts; each is loaded when it is booted, so that no vendor's package is needed but its own. */
export const platforms: Record<string, () => Promise<Host>> = {
  'aws-lambda': async () => (await import('./aws-lambda/host.ts')).awsLambdaHost,
  'azure-functions': async () => (await import('./azure-functions/host.ts')).azureFunctionsHost,
  'cloudflare-workers': async () => (await import('./cloudflare-workers/host.ts')).cloudflareWorkersHost,
  'google-cloud-functions': async () => (await import('./google-cloud-functions/host.ts')).googleCloudFunctionsHost,
  'cloud-run': async () => (await import('./cloud-run/host.ts')).cloudRunHost,
}
