import assert from 'node:assert/strict'

import type { Capabilities } from '@isobar/core'
import type { FrontDoor } from '@isobar/hosts'

import { createClient, headerValues, json, text } from './client.ts'

/** Walks through `examples/hono` behind one front door; the expected values are Hono's own documented behaviour. */
export async function driveHono(door: FrontDoor, capabilities: Capabilities): Promise<void> {
  const client = createClient(door)
  const hello = await client({})
  assert.deepEqual([hello.status, text(hello)], [200, 'Hello from Hono'])

  const pages = capabilities['http.repeatedQuery'] === true ? ['1', '2,3'] : ['2,3']
  assert.deepEqual(json(await client({ target: '/books/a%20b?page=1&page=2%2C3' })), { id: 'a b', pages })

  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  assert.deepEqual((await client({ method: 'POST', target: '/echo', body: bytes })).body, bytes)

  const visit = await client({ target: '/visits' })
  if (capabilities['http.setCookieMany'] === true) {
    assert.deepEqual([json(visit), [...client.cookies.keys()]], [{ visits: 1 }, ['visits', 'seen']])
    assert.deepEqual(json(await client({ target: '/visits' })), { visits: 2 })
  } else {
    assert.deepEqual([visit.status, headerValues(visit, 'set-cookie')], [500, []])
  }
  const forgotten = await client({ method: 'DELETE', target: '/visits' })
  assert.deepEqual([forgotten.status, client.cookies.has('visits')], [204, false])

  assert.equal(text(await client({ target: '/count' })), '1\n2\n3\n')
  const later = await client({ target: '/later' })
  assert.deepEqual([later.status, headerValues(later, 'location')], [302, ['/']])
  const missing = await client({ method: 'PATCH', target: '/nowhere' })
  assert.deepEqual([missing.status, json(missing)], [404, { error: 'not found' }])
}
