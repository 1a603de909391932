import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeCall } from './call.ts'
import { native, type WorkersExecutionContext } from './native.ts'

const fixtures = join(import.meta.dirname, '../../../conformance/fixtures/cloudflare/fetch')

/** What the runtime's own fetch handler saw. */
interface Fixture {
  method: string
  url: string
  headers: [string, string][]
  body: string | null
}

const ctx: WorkersExecutionContext = { waitUntil: () => undefined, passThroughOnException: () => undefined }

describe('a recorded request', () => {
  test.each(readdirSync(fixtures))('%s is passed on as it is, with the address that the edge vouches for', (file) => {
    const fixture: Fixture = JSON.parse(readFileSync(join(fixtures, file), 'utf8'))
    const request = new Request(fixture.url, { ...fixture })
    const call = describeCall(request, {}, ctx)
    expect(call.request).toBe(request)
    const [, address] = fixture.headers.find(([name]) => name === 'cf-connecting-ip') ?? []
    expect(call.client).toEqual({ address })
    // The local engine gives no ray; the id is then made by core.
    expect(call.id).toBeUndefined()
  })
})

test('the ray is the id (C6); X-Forwarded-For, which a client can set, is not read (R8)', () => {
  const headers = { 'cf-ray': '9bebfced487df79c-AMS', 'x-forwarded-for': '198.51.100.1' }
  const call = describeCall(new Request('https://shop.example/', { headers }), {}, ctx)
  expect(call.id).toBe('9bebfced487df79c-AMS')
  expect(call.client).toEqual({})
})

test('env has the strings only, read anew each time; bindings stay on native() (C3)', () => {
  const env = { NAME: 'shop', EMPTY: '', QUEUE: { send: () => undefined }, LIMIT: 5 }
  const request = new Request('https://shop.example/')
  const call = describeCall(request, env, ctx)
  expect(call.env).toEqual({ NAME: 'shop', EMPTY: '' })
  const context = Object.assign(Object.create(null), { target: 'mine', native: call.native })
  expect(native(context)).toEqual({ request, env, ctx })
  expect(native(context).env).toBe(env)
})

test('native() refuses the context of another platform', () => {
  const context = Object.assign(Object.create(null), { target: 'lambda', native: { event: {} } })
  expect(() => native(context)).toThrow(/got the context of target 'lambda', which does not run on Workers/)
})

test('waitUntil is the runtime’s', () => {
  const given: unknown[] = []
  const call = describeCall(new Request('https://shop.example/'), {}, { ...ctx, waitUntil: (work) => given.push(work) })
  const work = Promise.resolve()
  call.waitUntil?.(work)
  expect(given).toEqual([work])
})
