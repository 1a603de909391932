import type { HttpApplication } from '@isobar/core/adapter'
import { describe, expect, test } from 'vitest'
import { alb, albMultiValue, functionUrl, functionUrlStreaming, httpApi, restApi } from './index.ts'
import type { LambdaContext } from './index.ts'
import { functionUrlEvents, httpApiEvents, restApiEvents, type Expected } from './testing/api-gateway-events.ts'
import { fixture, fixtureNames, lambdaContext, see } from './testing/lambda.ts'
import { albEvents, albMultiValueEvents } from './testing/load-balancer-events.ts'

type Make = (input: HttpApplication) => (event: unknown, context: LambdaContext) => Promise<unknown>

/** What the vendor's templates leave open. */
const placeholders = {
  account_id: '123456789012',
  body: 'eyJ0ZXN0IjoiYm9keSJ9',
  dns_suffix: 'amazonaws.com',
  method: 'POST',
  path: 'orders/1',
  stage: '$default',
}

const doors: [kind: string, door: string, make: Make, events: Record<string, Expected>][] = [
  ['apigw-v2', 'httpApi', httpApi, httpApiEvents],
  ['function-url', 'functionUrl', functionUrl, functionUrlEvents],
  ['apigw-v1', 'restApi', restApi, restApiEvents],
  ['alb', 'alb', alb, albEvents],
  ['alb', 'albMultiValue', albMultiValue, albMultiValueEvents],
]

describe.each(doors)('%s events at %s', (kind, _door, make, events) => {
  test.each(Object.entries(events))('%s', async (file, expected) => {
    const event = fixture(`${kind}/${file}`, placeholders)
    const untouched = structuredClone(event)
    const { request, context, body } = await see(make, event)
    expect(request.method).toBe(expected.method)
    expect(request.url).toBe(expected.url)
    expect(context.client).toEqual(expected.address === undefined ? {} : { address: expected.address })
    expect(request.headers.get('cookie')).toBe(expected.cookie ?? null)
    expect(body && new TextDecoder().decode(body)).toBe(expected.body ?? null)
    expect(headersOf(request)).toEqual(headersIn(event))
    expect(event).toEqual(untouched)
  })
})

test('every recorded HTTP event is in a table', () => {
  for (const kind of ['apigw-v2', 'function-url', 'apigw-v1', 'alb']) {
    const listed = doors.filter(([of]) => of === kind).flatMap(([, , , events]) => Object.keys(events))
    expect(fixtureNames(kind).toSorted()).toEqual(listed.map((file) => `${kind}/${file}`).toSorted())
  }
})

describe('an event of another source', () => {
  const foreign: [path: string, what: RegExp][] = [
    ['sqs/aws-powertools_powertools-lambda-python__sqsEvent.json', /records of aws:sqs/],
    ['sns/aws_aws-lambda-go__sns-event.json', /records of aws:sns/],
    ['eventbridge/aws-powertools_powertools-lambda-typescript__base.json', /an EventBridge event of /],
    ...fixtureNames('apigw-websocket').map((path): [string, RegExp] => [path, /an event of a WebSocket API/]),
    ...fixtureNames('vpc-lattice').map((path): [string, RegExp] => [path, /a VPC Lattice event/]),
  ]
  const makes = doors.map(([, , make]) => make)

  test.each(foreign)('%s is refused with a sentence that says what came', async (path, what) => {
    for (const make of makes) {
      const handler = make({ target: 'aws-lambda', functions: {} })
      await expect(handler(fixture(path), lambdaContext())).rejects.toMatchObject({
        name: 'UnexpectedEventError',
        message: expect.stringMatching(what),
      })
    }
    const stream = { write: () => true, end() {}, once() {}, off() {} }
    const streaming = functionUrlStreaming({ target: 'aws-lambda', functions: {} })
    await expect(streaming(fixture(path), stream, lambdaContext())).rejects.toThrow(what)
  })

  test('of one front door is refused at another', async () => {
    const [v2, v1] = ['apigw-v2/aws_aws-sam-cli__HttpApi.json', 'apigw-v1/aws_aws-lambda-go__apigw-request.json']
    const single = fixture('alb/aws-powertools_powertools-lambda-typescript__base.json')
    const multi = fixture('alb/aws-powertools_powertools-lambda-typescript__multi-fields.json')
    const refusals: [Make, unknown, RegExp][] = [
      [httpApi, fixture(v1), /built for an HTTP API.*with an event of payload format 1\.0/],
      [restApi, fixture(v2), /built for a REST API.*with an event of payload format 2\.0/],
      [restApi, single, /with a load balancer event/],
      [alb, multi, /multi-value headers turned off.*event with multi-value headers/],
      [albMultiValue, single, /multi-value headers turned on.*event with single-value headers/],
      [functionUrl, 'ping', /with a string instead of an event/],
      [functionUrl, null, /with null instead of an event/],
      [functionUrl, {}, /with an empty event/],
      [functionUrl, { warmup: true }, /an unknown event with the members warmup/],
    ]
    for (const [make, event, what] of refusals) {
      await expect(make({ target: 'aws-lambda', functions: {} })(event, lambdaContext())).rejects.toThrow(what)
    }
  })
})

function headersOf(request: Request): Record<string, string> {
  const headers = Object.fromEntries(request.headers)
  delete headers['cookie']
  return headers
}

/** Read off the event: lower-case names, values joined with a comma; without the connection's own and the cookies. */
function headersIn(event: Record<string, unknown>): Record<string, string> {
  const map = event['multiValueHeaders'] ?? event['headers'] ?? {}
  const headers = Object.entries(map).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')])
  return Object.fromEntries(headers.filter(([name]) => name !== 'connection' && name !== 'cookie'))
}
