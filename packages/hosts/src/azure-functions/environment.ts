/** The default name that App Service gives an app. */
export function hostname(appName: string): string {
  return `${appName}.azurewebsites.net`
}

/**
 * What Azure sets in the process of an app.
 * https://github.com/Azure/azure-functions-host/blob/dev/src/WebJobs.Script/Environment/EnvironmentSettingNames.cs
 */
export function environment(app: { name: string; hostname: string }, directory: string): Record<string, string> {
  return {
    FUNCTIONS_WORKER_RUNTIME: 'node',
    FUNCTIONS_EXTENSION_VERSION: '~4',
    FUNCTIONS_WORKER_PROCESS_COUNT: '1',
    AzureWebJobsScriptRoot: directory,
    // Our adapter's app answers every path itself; a project of a user's own sets it in the app settings.
    AzureWebJobsDisableHomepage: 'true',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    WEBSITE_SITE_NAME: app.name,
    WEBSITE_HOSTNAME: app.hostname,
    WEBSITE_INSTANCE_ID: '0000000000000000000000000000000000000000000000000000000000000000',
    WEBSITE_SKU: 'FlexConsumption',
    WEBSITE_OWNER_NAME: '00000000-0000-0000-0000-000000000000+local-loopback',
    REGION_NAME: 'local',
  }
}
