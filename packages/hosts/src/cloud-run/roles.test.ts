import { expect, it } from 'vitest'

import { boot } from '../boot.ts'
import { eventManifest, queueFunction, subscription, topicsAnd } from '../google-events/testing.ts'
import { folderWith, testManifest, text } from '../testing.ts'

/** One image: what it serves is decided by its role, as the generated server does. */
const server = `
import { createServer } from 'node:http'
const events = process.env.ISOBAR_ROLE === 'events'
console.log(JSON.stringify({ service: process.env.K_SERVICE, role: process.env.ISOBAR_ROLE, pid: process.pid }))
createServer((request, response) => {
  const isEvent = request.url.startsWith('/.isobar/')
  request.resume()
  request.on('end', () => {
    response.statusCode = isEvent === events ? 200 : 404
    response.end(process.env.K_SERVICE)
  })
}).listen(process.env.PORT)
`

function service(name: string, lines: string[] = []): string {
  return [
    'apiVersion: serving.knative.dev/v1',
    'kind: Service',
    `metadata: { name: ${name} }`,
    'spec:',
    '  template:',
    '    spec:',
    '      containers:',
    '        - image: image',
    ...lines.map((line) => `          ${line}`),
    '',
  ].join('\n')
}

it('runs two services of one image, of which one has a door', async () => {
  const manifest = testManifest('cloud-run', 'server.mjs')
  const { functions } = eventManifest('cloud-run', [queueFunction('ship', 'server.mjs')])
  using folder = folderWith({
    'manifest.json': JSON.stringify({ ...manifest, functions: [...manifest.functions, ...functions] }),
    'server.mjs': server,
    // Without a command a container runs the image's own.
    Dockerfile: 'FROM node:24-slim\nCOPY . ./\nCMD ["node", "server.mjs"]\n',
    'service.yaml': [
      service('shop', ['command: ["node", "server.mjs"]']),
      service('shop-events', ['env:', '  - { name: ISOBAR_ROLE, value: events }']),
    ].join('---\n'),
    'events.tf.json': topicsAnd({
      google_pubsub_subscription: {
        ship: subscription('https://shop-events-123456789012.europe-west1.run.app/.isobar/ship'),
      },
    }),
  })
  await using running = await boot('cloud-run', folder.path)
  expect(running.doors.map(({ id }) => id)).toEqual(['cloud-run'])
  const [door] = running.doors
  const forged = await door?.send({ method: 'POST', target: '/.isobar/ship', body: '{}' })
  expect(forged?.status).toBe(404)
  expect(text((await door?.send({ target: '/' })) ?? { body: new Uint8Array() })).toBe('shop')
  await running.deliver('queue:orders', [{ body: 'a' }])
  expect(running.deliveries()).toMatchObject([{ function: 'ship', end: 'acknowledged' }])
  const started = running.logs.map(({ fields }) => [fields?.['service'], fields?.['role']])
  expect(started.toSorted()).toEqual([
    ['shop', undefined],
    ['shop-events', 'events'],
  ])
})

it('refuses events for what no function listens to', async () => {
  using folder = folderWith({
    'manifest.json': JSON.stringify(eventManifest('cloud-run', [queueFunction('ship', 'server.mjs')])),
    'server.mjs': server,
  })
  await using running = await boot('cloud-run', folder.path)
  expect(running.doors).toEqual([])
  await expect(running.deliver('queue:others', [{ body: 'a' }])).rejects.toThrow(
    'No function of this target listens to',
  )
  await expect(running.deliver('queue:orders', [{ body: 'a' }])).rejects.toThrow('No subscription of the deploy files')
})
