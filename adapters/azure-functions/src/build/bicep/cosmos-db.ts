import type { PlannedEvent } from '@isobar/compiler'
import { leases } from '../names.ts'
import type { Settings } from '../options.ts'
import { nothing, text, type BicepPart } from './text.ts'

/**
 * The container of the leases, and leave to read the tables. They and their database are there already: their partition
 * keys, and what lies in them, are not for this file to decide.
 */
export function cosmosPart(events: readonly PlannedEvent[], settings: Settings, application: string): BicepPart {
  if (!events.some(({ kind }) => kind === 'changes')) return nothing
  return {
    parameters: [
      '',
      '// The Cosmos DB account in this resource group that has the tables.',
      'param cosmosAccount string',
      `param cosmosDatabase string = ${text(settings.database ?? application)}`,
    ],
    resources: [
      `resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' existing = {
  name: cosmosAccount
}`,
      `resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2024-11-15' existing = {
  parent: cosmos
  name: cosmosDatabase
}`,
      `resource leases 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2024-11-15' = {
  parent: database
  name: ${text(leases)}
  properties: {
    resource: {
      id: ${text(leases)}
      partitionKey: { paths: ['/id'], kind: 'Hash' }
    }
  }
}`,
      // Cosmos DB Built-in Data Contributor: https://learn.microsoft.com/azure/cosmos-db/nosql/security/reference-data-plane-roles
      `resource cosmosRole 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-11-15' = {
  parent: cosmos
  name: guid(cosmos.id, app.id, 'cosmos-data-contributor')
  properties: {
    principalId: app.identity.principalId
    roleDefinitionId: '\${cosmos.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002'
    scope: cosmos.id
  }
}`,
    ],
    settings: { [`${settings.cosmos}__accountEndpoint`]: 'cosmos.properties.documentEndpoint' },
    roles: [],
  }
}
