import { expect, test } from 'vitest'

import { BicepExpression, readBicep } from './bicep.ts'

const file = `
param name string = 'shop' // the application
var topicName = '\${name}-events'
@description('not read')
resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'sb-\${uniqueString(resourceGroup().id)}'
  sku: { name: 'Standard', tier: 'Standard' }

  resource orders 'queues' = {
    name: 'orders'
    properties: { maxDeliveryCount: 7, lockDuration: 'PT1M', requiresSession: false }
  }
}
/* resource none 'Microsoft.None/nothing@1' */
resource events 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = if (true) {
  parent: bus
  name: topicName
  properties: {
    tags: [ 'a', 'it\\'s'
      'c' ]
    size: 1024 * 2
    when: a ? 'x' : 'y'
    'quoted-key': null
  }
}
`

test('resources have their types, names, parents and literals', () => {
  const resources = readBicep(file)
  expect(resources.map(({ type, name, parent }) => [type, name, parent?.symbol])).toEqual([
    ['microsoft.servicebus/namespaces', 'sb-${uniqueString(resourceGroup().id)}', undefined],
    ['microsoft.servicebus/namespaces/queues', 'orders', 'bus'],
    ['microsoft.servicebus/namespaces/topics', 'shop-events', 'bus'],
  ])
  expect(resources[1]?.properties).toEqual({ maxDeliveryCount: 7, lockDuration: 'PT1M', requiresSession: false })
  expect(resources[2]?.properties).toEqual({
    tags: ['a', "it's", 'c'],
    size: new BicepExpression('1024 * 2'),
    when: new BicepExpression("a ? 'x' : 'y'"),
    'quoted-key': null,
  })
})

test('what cannot be read stops nobody', () => {
  expect(
    readBicep("resource a 'A/b@1' = { name: 'x', ) ( ] } \nresource c 'C/d@1' = {").map(({ type }) => type),
  ).toEqual(['a/b', 'c/d'])
})
