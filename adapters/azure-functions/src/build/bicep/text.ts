/** What one service adds to main.bicep. */
export interface BicepPart {
  /** Lines below the header. */
  parameters: string[]
  /** Whole resources, each without the line end behind it. */
  resources: string[]
  /** App settings, by name; the value is an expression. */
  settings: Readonly<Record<string, string>>
  /** What the app's identity may do, beside what every app may. */
  roles: Role[]
}

export interface Role {
  /** The last part of the assignment's name, for its place in it. */
  name: string
  /** The symbolic name of what it is about. */
  scope: string
  /** The id of a built-in role: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
  definition: string
}

/** Nothing, to be spread below what a service adds. */
export const nothing: BicepPart = { parameters: [], resources: [], settings: {}, roles: [] }

/** A text of Bicep: https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */
export function text(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&').replaceAll('${', '\\${')}'`
}

/** Gives each name a symbol that is its own: letters and digits, with a number behind one that would come twice. */
export function symbols(): (prefix: string, name: string) => string {
  const used = new Set<string>()
  return (prefix, name) => {
    const words = name.split(/[^a-z0-9]+/i).filter((word) => word !== '')
    const base = prefix + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
    let symbol = base
    for (let count = 2; used.has(symbol); count++) symbol = `${base}_${count}`
    used.add(symbol)
    return symbol
  }
}

export function roleAssignment({ name, scope, definition }: Role): string {
  return `resource ${camel(name)}Role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(${scope}.id, app.id, '${name}')
  scope: ${scope}
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${definition}')
  }
}`
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
