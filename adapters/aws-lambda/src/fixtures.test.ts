import type { HttpApplication } from '@isobar/core/adapter'
import { describe, expect, test } from 'vitest'
import { alb, albMultiValue, functionUrl, functionUrlStreaming, httpApi, restApi } from './index.ts'
import type { LambdaContext } from './index.ts'
import { fixture, fixtureNames, lambdaContext, see } from './testing/lambda.ts'

type Make = (input: HttpApplication) => (event: unknown, context: LambdaContext) => Promise<unknown>

interface Expected {
  method: string
  url: string
  address?: string
  cookie?: string
  /** As text; absent: no body. */
  body?: string
}

/** What the vendor's templates leave open. */
const placeholders = {
  account_id: '123456789012',
  body: 'eyJ0ZXN0IjoiYm9keSJ9',
  dns_suffix: 'amazonaws.com',
  method: 'POST',
  path: 'orders/1',
  stage: '$default',
}

const query = '?parameter1=value1&parameter1=value2&parameter2=value'
const id = 'https://id.execute-api.us-east-1.amazonaws.com'

const httpApiEvents: Record<string, Expected> = {
  'CodeGenieApp_serverless-express__api-gateway-event.json': {
    method: 'GET',
    url: 'https://6bwvllq3t2.execute-api.us-east-1.amazonaws.com/users',
    address: '203.123.103.37',
  },
  'DataDog_datadog-lambda-extension__api_gateway_http_event.json': {
    method: 'GET',
    url: 'https://x02yirxc7a.execute-api.sa-east-1.amazonaws.com/httpapi/get',
    address: '38.122.226.210',
  },
  'aws-powertools_powertools-lambda-python__apiGatewayProxyV2EventPathTrailingSlash.json': {
    method: 'POST',
    url: `${id}/my/path/${query}`,
    address: '192.168.0.1/32',
    cookie: 'cookie1; cookie2',
    body: '{"message": "hello world", "username": "tom"}',
  },
  'aws-powertools_powertools-lambda-python__apiGatewayProxyV2Event_GET.json': {
    method: 'GET',
    url: `${id}/my/path${query}`,
    address: '192.168.0.1/32',
    cookie: 'cookie1; cookie2',
  },
  // A GET whose body a Request cannot have.
  'aws-powertools_powertools-lambda-python__apiGatewayProxyV2IamEvent.json': {
    method: 'GET',
    url: `${id}/my/path${query}`,
    address: '192.168.0.1/32',
    cookie: 'cookie1; cookie2',
  },
  'aws-powertools_powertools-lambda-python__apiGatewayProxyV2LambdaAuthorizerEvent.json': {
    method: 'GET',
    url: `${id}/my/path${query}`,
    address: '192.168.0.1/32',
    cookie: 'cookie1; cookie2',
  },
  'aws-powertools_powertools-lambda-python__apiGatewayProxyV2SchemaMiddlwareValidEvent.json': {
    method: 'POST',
    url: `${id}/my/path${query}`,
    address: '192.168.0.1/32',
    cookie: 'cookie1; cookie2',
    body: '{"message": "hello world", "username": "lessa"}',
  },
  'aws-powertools_powertools-lambda-typescript__iam-auth.json': {
    method: 'POST',
    url: 'https://lsw1ro4ipb.execute-api.eu-west-1.amazonaws.com/iam',
    address: '15.248.3.126',
  },
  'aws-powertools_powertools-lambda-typescript__jwt-authorizer-auth.json': {
    method: 'POST',
    url: 'https://lsw1ro4ipb.execute-api.eu-west-1.amazonaws.com/cognito',
    address: '15.248.3.126',
  },
  'aws-powertools_powertools-lambda-typescript__lambda-authorizer-auth.json': {
    method: 'POST',
    url: 'https://lsw1ro4ipb.execute-api.eu-west-1.amazonaws.com/lambda',
    address: '15.248.3.126',
  },
  'aws_aws-sam-cli__HttpApi.json': {
    method: 'POST',
    url: `https://id.execute-api.amazonaws.com/orders/1${query}`,
    address: '192.168.0.1/32',
    cookie: 'cookie1; cookie2',
    body: '{"test":"body"}',
  },
  // Stage `default`, which is not `$default`.
  'awsdocs_aws-lambda-developer-guide__event-v2.json': {
    method: 'GET',
    url: 'https://r3pmxmplak.execute-api.us-east-2.amazonaws.com/nodejs-apig-function-1G3XMPLZXVXYI',
    address: '205.255.255.176',
    cookie: 's_fid=7AABXMPL1AFD9BBF-0643XMPL09956DE2; regStatus=pre-register',
  },
}

const functionUrlEvents: Record<string, Expected> = {
  'DataDog_datadog-lambda-extension__lambda_function_url_event.json': {
    method: 'GET',
    url: 'https://a8hyhsshac.lambda-url.eu-south-1.amazonaws.com/',
    address: '71.195.30.42',
  },
  // Its domain name is `<url-id>.lambda-url…`, which no URL can have.
  'aws-powertools_powertools-lambda-python__lambdaFunctionUrlEventWithHeaders.json': {
    method: 'GET',
    url: 'https://host.invalid/',
    address: '123.123.123.123',
  },
}

const restApiEvents: Record<string, Expected> = {
  'CodeGenieApp_serverless-express__api-gateway-event.json': {
    method: 'POST',
    url: 'https://xxxxxx.execute-api.us-east-1.amazonaws.com/users',
    address: '11.111.111.111',
    body: '{"name": "Sandy Samantha Salamander"}',
  },
  'CodeGenieApp_serverless-express__basic-starter-hapi-api-gateway-event.json': {
    method: 'GET',
    url: 'https://xxxxxx.execute-api.us-east-1.amazonaws.com/',
    address: '11.111.111.111',
  },
  // Its source address is the text `IP`.
  'DataDog_datadog-lambda-extension__api_gateway_rest_event.json': { method: 'GET', url: `${id}/my/path${query}` },
  'DataDog_datadog-lambda-extension__api_gateway_rest_event_parameterized.json': {
    method: 'GET',
    url: 'https://mcwkra0ya4.execute-api.sa-east-1.amazonaws.com/user/42/id/50',
    address: '76.115.124.192',
  },
  'aws-powertools_powertools-lambda-python__apiGatewayProxyEventAnotherPath.json': {
    method: 'GET',
    url: `${id}/my/anotherPath${query}`,
    address: '192.168.0.1/32',
  },
  'aws-powertools_powertools-lambda-python__apiGatewayProxyEventPathTrailingSlash.json': {
    method: 'GET',
    url: `${id}/my/path/${query}`,
    address: '192.168.0.1/32',
  },
  'aws-powertools_powertools-lambda-python__apiGatewayProxyEvent_noVersionAuth.json': {
    method: 'GET',
    url: `${id}/my/path${query}`,
    address: '192.168.0.1/32',
  },
  'aws-powertools_powertools-lambda-typescript__jwt-authorizer-auth.json': {
    method: 'POST',
    url: 'https://puhdx84jy9.execute-api.eu-west-1.amazonaws.com/cognito',
    address: '15.248.3.126',
  },
  'aws-powertools_powertools-lambda-typescript__lambda-authorizer-auth.json': {
    method: 'POST',
    url: 'https://puhdx84jy9.execute-api.eu-west-1.amazonaws.com/lambda-token',
    address: '15.248.3.126',
  },
  'aws-powertools_powertools-lambda-typescript__no-auth.json': {
    method: 'POST',
    url: 'https://puhdx84jy9.execute-api.eu-west-1.amazonaws.com/no-auth',
    address: '15.248.3.126',
  },
  // Its Host header names another region than its domain name, which is the one to trust.
  'aws_aws-lambda-go__apigw-request.json': {
    method: 'POST',
    url: 'https://gy415nuibc.execute-api.us-east-2.amazonaws.com/hello/world?name=me',
    address: '192.168.196.186',
    body: '{\r\n\t"a": 1\r\n}',
  },
  // The cookie differs between the two maps; the multi-value one wins.
  'awsdocs_aws-lambda-developer-guide__apigateway-v1.json': {
    method: 'GET',
    url: 'https://70ixmpl4fl.execute-api.us-east-2.amazonaws.com/',
    address: '52.255.255.12',
    cookie: 's_fid=7AABXMPL1AFD9BBF-0643XMPL09956DE2; regStatus=pre-register;',
  },
  'awsdocs_aws-lambda-developer-guide__event.json': {
    method: 'GET',
    url: 'https://70ixmpl4fl.execute-api.us-east-2.amazonaws.com/',
    address: '52.255.255.12',
    cookie: 's_fid=7AABXMPL1AFD9BBF-0643XMPL09956DE2; regStatus=pre-register;',
  },
}

const albEvents: Record<string, Expected> = {
  'DataDog_datadog-lambda-extension__application_load_balancer.json': {
    method: 'GET',
    url: 'http://nhulston-test-0987654321.us-east-1.elb.amazonaws.com/',
    address: '18.204.55.6',
  },
  'aws-powertools_powertools-lambda-python__albEventPathTrailingSlash.json': {
    method: 'GET',
    url: 'http://lambda-alb-123578498.us-east-2.elb.amazonaws.com/lambda/?query=1234ABCD',
    address: '72.12.164.125',
  },
  'aws-powertools_powertools-lambda-typescript__base.json': {
    method: 'GET',
    url: 'http://lambda-alb-123578498.us-east-2.elb.amazonaws.com/lambda?query=1234ABCD',
    address: '72.12.164.125',
  },
  'aws_aws-lambda-go__alb-lambda-target-request-headers-only.json': {
    method: 'GET',
    url: 'http://lambda-test-alb-1334523864.us-east-1.elb.amazonaws.com/?key=hello',
    address: '25.12.198.67',
  },
  'aws_aws-sam-cli__ALBRequest.json': {
    method: 'POST',
    url: 'http://lambda-alb-123578498.amazonaws.com/orders/1?query=1234ABCD',
    address: '72.12.164.125',
    body: '{"test":"body"}',
  },
}

const albMultiValueEvents: Record<string, Expected> = {
  'CodeGenieApp_serverless-express__alb-event.json': {
    method: 'POST',
    url: 'http://aws-ser-alb-p9y7dvwm0r42-2135869912.us-east-1.elb.amazonaws.com/users',
    address: '72.21.198.66',
    body: '{"name":"postmaaaateeeee"}',
  },
  'aws-powertools_powertools-lambda-python__albMultiValueHeadersEvent.json': {
    method: 'GET',
    url: 'http://alb-c-loadb-14pofkyclbnsf-1815800096.eu-central-1.elb.amazonaws.com/todos',
    address: '123.123.123.123',
  },
  'aws-powertools_powertools-lambda-python__albMultiValueQueryStringEvent.json': {
    method: 'GET',
    url: `http://alb-c-loadb-14pofkyclbnsf-1815800096.eu-central-1.elb.amazonaws.com/todos${query}`,
    address: '123.123.123.123',
  },
  'aws-powertools_powertools-lambda-typescript__multi-fields.json': {
    method: 'GET',
    url: 'http://alb-c-loadb-14pofkyclbnsf-1815800096.eu-central-1.elb.amazonaws.com/lambda',
    address: '123.123.123.123',
  },
  'aws_aws-lambda-go__alb-lambda-target-request-multivalue-headers.json': {
    method: 'GET',
    url: 'http://lambda-test-alb-1234567.us-east-1.elb.amazonaws.com/?key=hello',
    address: '72.21.198.67',
  },
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
