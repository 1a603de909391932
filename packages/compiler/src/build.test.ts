import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { build } from './build.ts'
import { createProject, fakeTarget } from './testing/project.ts'

const orders = `import { http } from 'isobar'
export const getOrder = http('GET /orders/:id', (request, context) => Response.json({ id: context.params.id }))
`

test('builds a bundle, a shim and a manifest', async () => {
  using project = createProject({ 'functions/orders.ts': orders })
  const result = await build({ cwd: project.root, config: { name: 'shop', targets: [fakeTarget()] } })
  expect(result.diagnostics).toEqual([])
  const directory = join(project.root, '.isobar/fake')
  expect(readdirSync(directory).toSorted()).toEqual(['deploy.json', 'http', 'manifest.json', 'shim'])
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  expect(manifest).toMatchObject({
    isobar: '0.0.0',
    target: 'fake',
    platform: 'fake',
    name: 'shop',
    functions: [{ name: 'get-order', kind: 'http', trigger: { route: '/orders/:id', methods: ['GET'] }, source: 'functions/orders.ts', entry: 'http/index.mjs', handler: 'handler' }],
    files: ['deploy.json', 'http/index.mjs', 'http/index.mjs.map', 'manifest.json', 'shim/http/index.mjs'],
  })
  const bundle = await import(pathToFileURL(join(directory, 'http/index.mjs')).href)
  expect(bundle.handler).toBeDefined()
})
