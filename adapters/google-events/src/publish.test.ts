import { afterEach, describe, expect, test, vi } from 'vitest'
import { GoogleAuth } from './google-auth.ts'
import { topicPublisher, type AuthModule, type TopicMessage } from './publish.ts'
import { startStandIn } from './testing/deliveries.ts'

const message: TopicMessage = { topic: 't', data: new Uint8Array([1, 2]), attributes: { a: '1' } }

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

/** Takes what is sent to Pub/Sub; everything else goes where it is meant to. */
function interceptPubsub(status = 200): Request[] {
  const requests: Request[] = []
  const real = globalThis.fetch
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    if (String(input).startsWith('http://metadata.google.internal/')) return new Response('from-metadata')
    if (!String(input).startsWith('https://pubsub.googleapis.com/')) return real(input, init)
    requests.push(new Request(input, init))
    return new Response('{}', { status })
  })
  return requests
}

function fakeAuth(): { loads: number; module: () => Promise<AuthModule> } {
  const state = {
    loads: 0,
    module: async (): Promise<AuthModule> => {
      state.loads++
      return {
        GoogleAuth: class {
          getRequestHeaders = async (): Promise<Headers> => new Headers({ authorization: 'Bearer token' })
        },
      }
    },
  }
  return state
}

describe('a message', () => {
  test('is published with credentials, which are loaded then and kept', async () => {
    const requests = interceptPubsub()
    const auth = fakeAuth()
    const publish = topicPublisher(auth.module)
    expect(auth.loads).toBe(0)
    await publish(message)
    await publish({ ...message, project: 'other', orderingKey: 'k' })
    expect(auth.loads).toBe(1)
    expect(requests.map(({ url }) => url)).toEqual([
      'https://pubsub.googleapis.com/v1/projects/from-metadata/topics/t:publish',
      'https://pubsub.googleapis.com/v1/projects/other/topics/t:publish',
    ])
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer token')
    expect(await requests[1]?.json()).toEqual({
      messages: [{ data: 'AQI=', attributes: { a: '1' }, orderingKey: 'k' }],
    })
  })

  test('goes to the project that the deploy file names', async () => {
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'named')
    const requests = interceptPubsub()
    await topicPublisher(fakeAuth().module)(message)
    expect(requests[0]?.url).toContain('/projects/named/')
  })

  test('that Pub/Sub refuses is an error with what it said', async () => {
    interceptPubsub(403)
    await expect(topicPublisher(fakeAuth().module)(message)).rejects.toThrow('Pub/Sub answered 403')
  })

  test('can be published after credentials could not be loaded', async () => {
    const requests = interceptPubsub()
    let fails = true
    const publish = topicPublisher(() => (fails ? Promise.reject(new Error('not now')) : fakeAuth().module()))
    await expect(publish(message)).rejects.toThrow('not now')
    fails = false
    await publish(message)
    expect(requests).toHaveLength(1)
  })

  // https://docs.cloud.google.com/run/docs/securing/service-identity#access_tokens
  test('has the token that the metadata server gives the vendor’s library', async () => {
    const metadata = await startStandIn(({ url }) => ({
      status: 200,
      headers: { 'metadata-flavor': 'Google' },
      body: url?.includes('/token')
        ? '{"access_token":"of-the-service","expires_in":3600,"token_type":"Bearer"}'
        : '"the-project"',
    }))
    try {
      vi.stubEnv('GCE_METADATA_HOST', metadata.host)
      const requests = interceptPubsub()
      await topicPublisher(() => Promise.resolve({ GoogleAuth }))({ ...message, project: 'p' })
      expect(requests[0]?.headers.get('authorization')).toBe('Bearer of-the-service')
    } finally {
      metadata.close()
    }
  })
})
