import assert from 'node:assert/strict'

import type { FrontDoor } from '@isobar/hosts'
import type { Capabilities } from '@isobar/core'

import { createClient, headerValues, json, text, type Client } from './client.ts'

const form: [string, string] = ['Content-Type', 'application/x-www-form-urlencoded']

/** Walks through `examples/orders` as its users would, behind one front door. */
export async function driveOrders(door: FrontDoor, capabilities: Capabilities): Promise<void> {
  const client = createClient(door)
  const stranger = await client({ target: '/session' })
  assert.equal(stranger.status, 401)
  assert.deepEqual(Object.keys(json(stranger) as object), ['type', 'title', 'status', 'detail', 'instance'])

  const signedIn = await signIn(client, capabilities)
  if (!signedIn) return
  assert.deepEqual(json(await client({ target: '/session' })), { customer: 'Ada Łovelace' })

  const refused = await post(client, { lines: [{ sku: '', quantity: 0.5, cents: 1 }] })
  assert.equal(refused.status, 422)
  assert.match(text(refused), /\/lines\/0\/sku: .+\/lines\/0\/quantity: /)
  assert.equal((await client({ method: 'POST', target: '/orders', body: '{' })).status, 400)

  const lines = [{ sku: 'tea, "green"', quantity: 2, cents: 450 }]
  const created = await post(client, { lines })
  assert.equal(created.status, 201)
  const location = headerValues(created, 'location')[0] ?? ''
  assert.match(location, /^\/orders\/[0-9a-f-]{36}$/)
  const order = { id: location.slice('/orders/'.length), customer: 'Ada Łovelace', lines }
  assert.deepEqual(json(created), order)
  assert.deepEqual(json(await client({ target: location })), order)

  const latest = await client({ target: '/orders/latest' })
  assert.deepEqual([latest.status, headerValues(latest, 'location')], [303, [location]])

  const receipt = Uint8Array.from({ length: 4096 }, (_, index) => index % 256)
  const put = { method: 'PUT', target: `${location}/receipt`, body: receipt }
  assert.equal((await client({ ...put, headers: [['Content-Type', 'image/png']] })).status, 204)
  const download = await client({ target: `${location}/receipt` })
  assert.deepEqual([headerValues(download, 'content-type'), download.body], [['image/png'], receipt])

  const csv = await client({ target: '/orders.csv' })
  assert.equal(text(csv), `order,customer,sku,quantity,cents\r\n${order.id},Ada Łovelace,"tea, ""green""",2,450\r\n`)

  const wrong = await client({ method: 'DELETE', target: '/orders/latest' })
  assert.deepEqual([wrong.status, headerValues(wrong, 'allow')], [405, ['GET, HEAD']])
  assert.equal((await client({ method: 'DELETE', target: '/session' })).status, 204)
  assert.equal((await client({ target: '/session' })).status, 401)
}

/** Signing in sets two cookies: where a front door has room for one, it must say so and not lose one. */
async function signIn(client: Client, capabilities: Capabilities): Promise<boolean> {
  const answer = await client({
    method: 'POST',
    target: '/session',
    headers: [form],
    body: `customer=${encodeURIComponent('Ada Łovelace')}`,
  })
  if (capabilities['http.setCookieMany'] !== true) {
    assert.deepEqual([answer.status, headerValues(answer, 'set-cookie')], [500, []])
    return false
  }
  assert.deepEqual([answer.status, headerValues(answer, 'location')], [303, ['/session']])
  assert.deepEqual([...client.cookies.keys()], ['session', 'theme'])
  return true
}

function post(client: Client, body: unknown): ReturnType<Client> {
  const headers: [string, string][] = [['Content-Type', 'application/json']]
  return client({ method: 'POST', target: '/orders', headers, body: new TextEncoder().encode(JSON.stringify(body)) })
}
