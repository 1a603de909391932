import type { Binding } from '../protocol.ts'
import { bicepMember, isObject, type BicepResource, type BicepValue } from './bicep.ts'
import type { EventFunction } from './event-function.ts'
import type { EventSettings } from './settings.ts'

/** What a binding connects with when it does not say: https://learn.microsoft.com/azure/azure-functions/functions-reference#connections */
const standardConnections: Record<string, string | undefined> = {
  queue: 'AzureWebJobsStorage',
  queuetrigger: 'AzureWebJobsStorage',
  servicebus: 'AzureWebJobsServiceBus',
  servicebustrigger: 'AzureWebJobsServiceBus',
}

/** Triggers that the host itself has. */
const own = new Set(['timertrigger', 'httptrigger'])

/**
 * Refuses a function whose trigger or outputs would not work in Azure, as far as the deploy files can be read.
 *
 * @throws Error that says what is missing.
 */
export function assertDeployed(fn: EventFunction, settings: EventSettings, resources: readonly BicepResource[]): void {
  if (!own.has(fn.trigger.type) && !settings.hasExtensionBundle) {
    // https://learn.microsoft.com/azure/azure-functions/extension-bundles
    throw new Error(
      `The binding type ${fn.trigger.binding.type} of the function ${fn.name} is not registered: host.json has no "extensionBundle".`,
    )
  }
  const names = appSettings(resources)
  if (names === undefined) return
  for (const binding of [fn.trigger.binding, ...fn.outputs.map((one) => one.binding)]) {
    const connection = connectionOf(binding)
    if (connection !== undefined && !has(names, connection)) {
      throw new Error(
        `The binding ${binding.type} of the function ${fn.name} has the connection ${connection}, and main.bicep gives the app no setting ${connection}, nor one that begins with ${connection}__.`,
      )
    }
  }
}

function connectionOf({ type, connection }: Binding): string | undefined {
  return connection ?? standardConnections[type.toLowerCase()]
}

/** A setting of that name, or the settings of an identity behind it; a name may stand without its prefix. */
function has(names: readonly string[], connection: string): boolean {
  const wanted = [connection, `AzureWebJobs${connection}`].map((one) => one.toLowerCase())
  return names.some((name) =>
    wanted.some((one) => name.toLowerCase() === one || name.toLowerCase().startsWith(`${one}__`)),
  )
}

/** Names of the app settings in the deploy files; undefined where they cannot be told. */
function appSettings(resources: readonly BicepResource[]): string[] | undefined {
  const sites = resources.filter(({ type }) => type === 'microsoft.web/sites')
  if (sites.length === 0) return undefined
  const configs = resources.filter(({ type, name }) => type === 'microsoft.web/sites/config' && name === 'appsettings')
  const listed = sites.map(({ properties }) => namesOf(bicepMember(properties['siteConfig'], 'appSettings')))
  if (listed.includes(undefined)) return undefined
  return [...listed.flatMap((names) => names ?? []), ...configs.flatMap(({ properties }) => Object.keys(properties))]
}

function namesOf(value: BicepValue | undefined): string[] | undefined {
  if (value === undefined) return []
  if (!Array.isArray(value)) return undefined
  const names = value.map((one) => (isObject(one) ? one['name'] : undefined))
  return names.every((name) => typeof name === 'string') ? names : undefined
}
