import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createClock } from '../events/clock.ts'
import { listenOnLoopback } from '../running.ts'
import { createGoogleApi } from './google-api.ts'
import { createPubSub } from './pub-sub.ts'

const pubSub = createPubSub(createClock())
const topic = 'projects/p/topics/orders-dead'
pubSub.createTopic(topic)
pubSub.subscribe(topic, { holdsMs: 1000 })
const api = createGoogleApi(pubSub, { project: 'p', number: '1', region: 'r' }, () => 0)
let base: string

beforeAll(async () => {
  base = `http://127.0.0.1:${await listenOnLoopback(api.server)}`
})

afterAll(() => {
  api.server.closeAllConnections()
  api.server.close()
})

async function publish(body: unknown, to = topic): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${base}/v1/${to}:publish`, { method: 'POST', body: JSON.stringify(body) })
  return { status: answer.status, body: await answer.json() }
}

// https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish
describe('publishing', () => {
  it('gives an id for each message, and keeps them', async () => {
    const { status, body } = await publish({
      messages: [{ data: 'eA==', attributes: { a: 'b' }, orderingKey: 'k' }, { data: '_-8=' }],
    })
    expect(status).toBe(200)
    expect(body).toEqual({ messageIds: [expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)] })
    expect(pubSub.kept(topic)).toMatchObject([{ attributes: { a: 'b' }, orderingKey: 'k' }, {}])
    expect(pubSub.kept(topic).map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(['78', 'ffef'])
  })

  it.each([
    [{ messages: [] }],
    [{}],
    [{ messages: [{ data: 'no base64!' }] }],
    [{ messages: [{ attributes: { a: 1 } }] }],
    [{ messages: [{}] }],
  ])('refuses %j', async (body) => {
    expect(await publish(body)).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: 'INVALID_ARGUMENT' } },
    })
  })

  it('knows no other topic', async () => {
    const answer = await publish({ messages: [{ data: 'eA==' }] }, 'projects/p/topics/other')
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 404, status: 'NOT_FOUND' } } })
  })

  it('is refused while broken', async () => {
    api.breakPublishing(true)
    expect(await publish({ messages: [{ data: 'eA==' }] })).toMatchObject({
      status: 403,
      body: { error: { status: 'PERMISSION_DENIED' } },
    })
    api.breakPublishing(false)
  })
})

// https://cloud.google.com/compute/docs/metadata/querying-metadata
describe('the metadata server', () => {
  const ask = (path: string, headers: Record<string, string> = { 'Metadata-Flavor': 'Google' }): Promise<Response> =>
    fetch(`${base}/computeMetadata/v1/${path}`, { headers })

  it('tells project, region and tokens', async () => {
    const project = await ask('project/project-id')
    expect(project.headers.get('Metadata-Flavor')).toBe('Google')
    expect(await project.text()).toBe('p')
    expect(await (await ask('instance/region')).text()).toBe('projects/1/regions/r')
    expect(await (await ask('instance/service-accounts/default/token')).json()).toMatchObject({ token_type: 'Bearer' })
    expect((await ask('instance/service-accounts/default/other')).status).toBe(404)
  })

  it('asks for its header', async () => {
    expect((await ask('project/project-id', {})).status).toBe(403)
  })
})
