import type { HttpDeployable, Plan } from '@isobar/compiler'
import { capabilityKeys } from '@isobar/core'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { awsLambda, type AwsLambdaOptions, type FrontDoorName } from './build.ts'
import * as runtimeHalf from './index.ts'

const frontDoors: FrontDoorName[] = [
  'http-api',
  'rest-api',
  'alb',
  'alb-multi-value',
  'function-url',
  'function-url-streaming',
]

function deployable(name: string): HttpDeployable {
  const source = `functions/${name}.ts`
  return {
    name,
    service: name,
    folder: '',
    functions: [{ name: 'get-order', kind: 'http', trigger: { route: '/' }, source, exported: 'getOrder', line: 1 }],
    modules: [
      { variable: 'orders', statement: `const orders = await load('${source}', () => import('../../${source}'))` },
    ],
    functionsLiteral: "{ 'get-order': orders.getOrder }",
  }
}

function emit(options: AwsLambdaOptions, names: string[] = ['http']): ReturnType<ReturnType<typeof awsLambda>['emit']> {
  const http = names.map(deployable)
  const functions = http.flatMap((one) => one.functions)
  const plan: Plan = { application: 'shop', target: 'aws', isobar: '1.2.3', functions, http, events: [] }
  return awsLambda(options).emit(plan)
}

function templateOf(options: AwsLambdaOptions, names?: string[]): { [part: string]: Record<string, unknown> } {
  const [file] = emit(options, names).files
  expect(file?.path).toBe('template.yaml')
  return parse(file?.text ?? '')
}

describe('options', () => {
  test('have defaults', () => {
    expect(awsLambda()).toMatchObject({
      name: 'aws-lambda',
      platform: 'aws-lambda',
      frontDoor: 'http-api',
      runtime: { kind: 'node', version: '24' },
      limits: { requestBytes: 6_291_456, responseBytes: 6_291_456, timeoutMs: 30_000 },
    })
  })

  test('that are wrong make a target all the same, since the compiler tells them', () => {
    const wrong = { frontDoor: 'api', origin: 7, runtime: 24, timeoutSeconds: 60 }
    const target: ReturnType<typeof awsLambda> = Reflect.apply(awsLambda, undefined, [wrong])
    expect(target).toMatchObject({ name: 'aws-lambda', frontDoor: 'http-api', runtime: { version: '24' } })
    expect(target.options?.given).toBe(wrong)
    // 60 may be right for the front door that was meant.
    expect(target.options?.known['timeoutSeconds']).toMatchObject({ max: 900 })
  })

  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  test('are known with the limits of Lambda', () => {
    expect(awsLambda().options?.known).toMatchObject({
      frontDoor: { oneOf: frontDoors },
      memoryMb: { type: 'number', integer: true, min: 128, max: 10_240 },
      origin: { format: 'origin' },
      runtime: { oneOf: ['nodejs24.x', 'nodejs22.x'] },
    })
  })

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
  test.each([
    ['http-api', 30],
    ['rest-api', 29],
    ['alb', 900],
    ['function-url-streaming', 900],
  ] as const)('behind %s a function may take %d seconds', (frontDoor, seconds) => {
    const { limits, options } = awsLambda({ frontDoor, timeoutSeconds: seconds })
    expect(limits.timeoutMs).toBe(seconds * 1000)
    expect(options?.known['timeoutSeconds']).toMatchObject({ type: 'number', integer: true, min: 1, max: seconds })
  })
})

describe.each(frontDoors)('%s', (frontDoor) => {
  test('answers every capability, each absence with a sentence and a page', () => {
    const { capabilities } = awsLambda({ frontDoor })
    expect(Object.keys(capabilities).toSorted()).toEqual(capabilityKeys.toSorted())
    for (const answer of Object.values(capabilities)) {
      if (answer === true) continue
      expect(answer.absent).toMatch(/^\S.{20,}[^.]$/)
      expect(answer.source).toMatch(/^https:\/\/(?:docs\.aws\.amazon\.com|github\.com)\//)
    }
  })

  test('has a shim that calls a function of the runtime half', () => {
    const [entry] = emit({ frontDoor, name: 'aws' }).entries
    expect(entry).toMatchObject({ file: 'http/index.mjs', handler: 'handler', functions: ['get-order'] })
    const [, make] = /^import \{ (\w+), load \} from '@isobar\/aws-lambda'\n/.exec(entry?.source ?? '') ?? []
    expect(runtimeHalf).toHaveProperty(String(make), expect.any(Function))
    expect(entry?.source).toContain(`export const handler = ${make}({\n  target: 'aws',\n  functions: {`)
    expect(entry?.source).toContain("const orders = await load('functions/http.ts', () => import(")
  })

  test('has a template whose function is the entry', () => {
    const { Resources, Globals } = templateOf({ frontDoor, memoryMb: 1024, timeoutSeconds: 7, runtime: 'nodejs22.x' })
    expect(Resources?.['HttpFunction']).toMatchObject({
      Type: 'AWS::Serverless::Function',
      Properties: { CodeUri: 'http/', Handler: 'index.handler' },
    })
    expect(Globals?.['Function']).toMatchObject({ Runtime: 'nodejs22.x', MemorySize: 1024, Timeout: 7 })
  })
})

describe('the template', () => {
  test('of an HTTP API routes everything by $default, in format 2.0', () => {
    const { Resources } = templateOf({ frontDoor: 'http-api' })
    expect(Resources).toMatchObject({
      HttpApi: { Type: 'AWS::Serverless::HttpApi', Properties: { StageName: '$default' } },
      HttpFunction: {
        Properties: {
          Events: {
            // Without Path and Method the event is the default route.
            Any: {
              Type: 'HttpApi',
              Properties: { ApiId: { Ref: 'HttpApi' }, PayloadFormatVersion: '2.0', TimeoutInMillis: 30_000 },
            },
          },
        },
      },
    })
    expect(JSON.stringify(Resources)).not.toMatch(/"Path"|"Method"/)
  })

  test('of a REST API routes root and proxy, and takes every type as binary', () => {
    const any = (path: string): object => ({
      Type: 'Api',
      Properties: { RestApiId: { Ref: 'HttpApi' }, Path: path, Method: 'ANY' },
    })
    expect(templateOf({ frontDoor: 'rest-api' })['Resources']).toMatchObject({
      HttpApi: { Type: 'AWS::Serverless::Api', Properties: { StageName: 'prod', BinaryMediaTypes: ['*/*'] } },
      HttpFunction: { Properties: { Events: { Root: any('/'), Proxy: any('/{proxy+}') } } },
    })
  })

  test.each([
    ['alb', 'false'],
    ['alb-multi-value', 'true'],
  ] as const)('of %s sets multi-value headers to %s in the target group of a rule', (frontDoor, value) => {
    const { Parameters, Resources } = templateOf({ frontDoor })
    expect(Parameters).toMatchObject({ HttpListenerArn: { Type: 'String' } })
    const target = { 'Fn::GetAtt': ['HttpFunction', 'Arn'] }
    expect(Resources).toMatchObject({
      HttpPermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: target,
          Principal: 'elasticloadbalancing.amazonaws.com',
        },
      },
      HttpTargetGroup: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        DependsOn: 'HttpPermission',
        Properties: {
          TargetType: 'lambda',
          Targets: [{ Id: target }],
          TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: value }],
        },
      },
      HttpRule: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          ListenerArn: { Ref: 'HttpListenerArn' },
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
          Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'HttpTargetGroup' } }],
        },
      },
    })
  })

  test.each([
    ['function-url', 'BUFFERED'],
    ['function-url-streaming', 'RESPONSE_STREAM'],
  ] as const)('of %s has the invoke mode %s and both permissions that a URL needs', (frontDoor, InvokeMode) => {
    expect(templateOf({ frontDoor })['Resources']).toMatchObject({
      HttpFunction: { Properties: { FunctionUrlConfig: { AuthType: 'NONE', InvokeMode } } },
      HttpPermission: { Properties: { Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true } },
    })
  })

  test('has a function of its own for every deployable, under ids that differ', () => {
    const { Resources, Outputs } = templateOf({}, ['http', 'get-2', 'get2'])
    const functions = Object.entries(Resources ?? {}).filter(([id]) => id.endsWith('Function'))
    expect(functions.map(([id]) => id)).toEqual(['HttpFunction', 'Get2Function', 'Get2X2Function'])
    expect(functions.map(([, resource]) => Reflect.get(Object(resource), 'Properties'))).toMatchObject([
      { CodeUri: 'http/' },
      { CodeUri: 'get-2/' },
      { CodeUri: 'get2/' },
    ])
    expect(Object.keys(Outputs ?? {})).toEqual(['HttpUrl', 'Get2Url', 'Get2X2Url'])
  })
})

test('the option origin stands in the shim, and makes the host one that can be trusted', () => {
  const target = awsLambda({ frontDoor: 'alb', origin: 'https://api.example.com' })
  expect(target.capabilities['http.trustedHost']).toBe(true)
  expect(awsLambda({ frontDoor: 'alb' }).capabilities['http.trustedHost']).toMatchObject({ because: 'platform' })
  const [entry] = emit({ frontDoor: 'alb', origin: 'https://api.example.com' }).entries
  expect(entry?.source).toContain("\n  origin: 'https://api.example.com',\n")
})
