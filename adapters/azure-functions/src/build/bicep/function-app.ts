import { text } from './text.ts'

/** What events add to the app itself. */
export interface Added {
  parameters: readonly string[]
  /** App settings; the value is an expression. */
  settings: readonly (readonly [name: string, value: string])[]
}

/** The function app, with what every one needs. */
export function functionApp(name: string, { parameters, settings }: Added): string {
  return `// Deploy with: az deployment group create --resource-group GROUP --template-file main.bicep
param name string = ${text(name)}
param location string = resourceGroup().location
${parameters.map((line) => `${line}\n`).join('')}
var suffix = uniqueString(resourceGroup().id, name)
var packages = 'packages'

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'st\${suffix}'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: { minimumTlsVersion: 'TLS1_2', allowBlobPublicAccess: false }

  resource blobs 'blobServices' = {
    name: 'default'

    resource container 'containers' = {
      name: packages
    }
  }
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-\${suffix}'
  location: location
  properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-\${suffix}'
  location: location
  kind: 'web'
  properties: { Application_Type: 'web', WorkspaceResourceId: workspace.id }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-\${suffix}'
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '\${storage.properties.primaryEndpoints.blob}\${packages}'
          authentication: { type: 'SystemAssignedIdentity' }
        }
      }
      scaleAndConcurrency: { maximumInstanceCount: 100, instanceMemoryMB: 2048 }
      runtime: { name: 'node', version: '22' }
    }
    siteConfig: {
      appSettings: [
        { name: 'AzureWebJobsStorage__accountName', value: storage.name }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
        // Without it the host answers / with its own page.
        { name: 'AzureWebJobsDisableHomepage', value: 'true' }
${settings.map(([key, value]) => `        { name: ${text(key)}, value: ${value} }\n`).join('')}      ]
    }
  }
}

// Storage Blob Data Owner: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/storage
resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, app.id, 'blob-data-owner')
  scope: storage
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b')
  }
}`
}
