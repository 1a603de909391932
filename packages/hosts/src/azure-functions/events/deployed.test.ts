import { expect, test } from 'vitest'

import { readBicep } from './bicep.ts'
import { assertDeployed } from './deployed.ts'
import { eventFunctions } from './event-function.ts'
import { readSettings } from './settings.ts'

const settings = readSettings({ extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle' } })

function functionWith(trigger: { type: string; connection?: string }): Parameters<typeof assertDeployed>[0] {
  const [fn] = eventFunctions([
    { name: 'ship', functionId: 'ship', bindings: { t: { direction: 'in', queueName: 'orders', ...trigger } } },
  ])
  if (fn === undefined) throw new Error('It has no trigger.')
  return fn
}

const site = (appSettings: string): ReturnType<typeof readBicep> =>
  readBicep(
    `resource app 'Microsoft.Web/sites@2024-04-01' = {\n properties: { siteConfig: { appSettings: ${appSettings} } }\n}`,
  )

test('a trigger comes in the extension bundle, but for a timer', () => {
  const bare = readSettings({})
  expect(() => assertDeployed(functionWith({ type: 'queueTrigger' }), bare, [])).toThrow(
    'host.json has no "extensionBundle"',
  )
  assertDeployed(functionWith({ type: 'timerTrigger' }), bare, [])
})

test('a connection is a setting of the app, or several with its name in front', () => {
  const fn = functionWith({ type: 'serviceBusTrigger', connection: 'Bus' })
  assertDeployed(fn, settings, site("[{ name: 'Bus__fullyQualifiedNamespace', value: bus.id }]"))
  assertDeployed(fn, settings, site("[{ name: 'AzureWebJobsBus', value: 'x' }]"))
  expect(() => assertDeployed(fn, settings, site("[{ name: 'Business', value: 'x' }]"))).toThrow('no setting Bus')
  expect(() => assertDeployed(functionWith({ type: 'queueTrigger' }), settings, site('[]'))).toThrow(
    'AzureWebJobsStorage',
  )
  assertDeployed(
    functionWith({ type: 'queueTrigger' }),
    settings,
    site("[\n { name: 'AzureWebJobsStorage__accountName', value: storage.name }\n]"),
  )
})

test('settings that cannot be read are left alone', () => {
  const fn = functionWith({ type: 'serviceBusTrigger', connection: 'Bus' })
  assertDeployed(fn, settings, [])
  assertDeployed(fn, settings, site('concat(common, more)'))
})
