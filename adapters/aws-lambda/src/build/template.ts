import type { HttpDeployable, Plan } from '@isobar/compiler'
import { stringify } from 'yaml'
import type { FrontDoorName, Settings } from './options.ts'

interface Resource {
  Type: string
  DependsOn?: string
  Properties: Record<string, unknown>
}

/** What one deployable adds to the template. */
interface Part {
  parameters?: Record<string, { Type: string; Description: string; Default?: number }>
  /** Of the function, beside what every function has. */
  properties: Record<string, unknown>
  resources: Record<string, Resource>
  outputs: Record<string, { Description: string; Value: unknown }>
}

/** The SAM template: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html */
export function template(settings: Settings, plan: Plan): string {
  const ids = logicalIds(plan.http)
  const parts = plan.http.map((deployable, index) => {
    const id = ids[index] ?? ''
    return { id, deployable, ...parters[settings.frontDoor](id, deployable) }
  })
  const functions = parts.map(({ id, deployable, properties }): [string, Resource] => [
    `${id}Function`,
    {
      Type: 'AWS::Serverless::Function',
      Properties: { CodeUri: `${deployable.name}/`, Handler: 'index.handler', ...properties },
    },
  ])
  const parameters = Object.assign({}, ...parts.map((part) => part.parameters ?? {}))
  const document = {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    Description: `${plan.application}, built by Isobar ${plan.isobar} for the target ${plan.target}`,
    ...(Object.keys(parameters).length > 0 && { Parameters: parameters }),
    Globals: {
      Function: {
        Runtime: settings.runtime,
        MemorySize: settings.memoryMb,
        Timeout: settings.timeoutSeconds,
        // Lambda filters by the level of a line in this format only.
        LoggingConfig: { LogFormat: 'JSON' },
      },
    },
    Resources: Object.assign(Object.fromEntries(functions), ...parts.map((part) => part.resources)),
    Outputs: Object.assign({}, ...parts.map((part) => part.outputs)),
  }
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
}

const parters: Record<FrontDoorName, (id: string, deployable: HttpDeployable) => Part> = {
  'http-api': httpApi,
  'rest-api': restApi,
  alb: (id, deployable) => loadBalancer(id, deployable, false),
  'alb-multi-value': (id, deployable) => loadBalancer(id, deployable, true),
  'function-url': (id, deployable) => functionUrl(id, deployable, 'BUFFERED'),
  'function-url-streaming': (id, deployable) => functionUrl(id, deployable, 'RESPONSE_STREAM'),
}

/**
 * An event without path and method is the `$default` route:
 * https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html
 */
function httpApi(id: string, deployable: HttpDeployable): Part {
  const api = `${id}Api`
  const event = { ApiId: { Ref: api }, PayloadFormatVersion: '2.0', TimeoutInMillis: 30_000 }
  return {
    properties: { Events: { Any: { Type: 'HttpApi', Properties: event } } },
    resources: { [api]: { Type: 'AWS::Serverless::HttpApi', Properties: { StageName: '$default' } } },
    outputs: url(id, deployable, { 'Fn::Sub': `https://\${${api}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/` }),
  }
}

/** The binary media type makes the gateway take every answer as bytes and hand over every body as base64 (S4, R7). */
function restApi(id: string, deployable: HttpDeployable): Part {
  const api = `${id}Api`
  const any = (path: string): object => ({
    Type: 'Api',
    Properties: { RestApiId: { Ref: api }, Path: path, Method: 'ANY' },
  })
  return {
    properties: { Events: { Root: any('/'), Proxy: any('/{proxy+}') } },
    resources: {
      [api]: {
        Type: 'AWS::Serverless::Api',
        Properties: { StageName: 'prod', EndpointConfiguration: { Type: 'REGIONAL' }, BinaryMediaTypes: ['*/*'] },
      },
    },
    outputs: url(id, deployable, {
      'Fn::Sub': `https://\${${api}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/prod/`,
    }),
  }
}

/** The load balancer stays the user's own: the template adds a rule to a listener that it is given. */
function loadBalancer(id: string, deployable: HttpDeployable, multiValue: boolean): Part {
  const target = { 'Fn::GetAtt': [`${id}Function`, 'Arn'] }
  return {
    parameters: {
      [`${id}ListenerArn`]: {
        Type: 'String',
        Description: `Listener of the load balancer in front of ${deployable.name}`,
      },
      [`${id}Priority`]: {
        Type: 'Number',
        Default: 100,
        Description: "The rule's priority in its listener, 1 to 50000",
      },
    },
    properties: {},
    resources: {
      // Without a source ARN: the target group needs the permission, so the permission cannot name the target group.
      [`${id}Permission`]: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: target,
          Principal: 'elasticloadbalancing.amazonaws.com',
          SourceAccount: { Ref: 'AWS::AccountId' },
        },
      },
      [`${id}TargetGroup`]: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        DependsOn: `${id}Permission`,
        Properties: {
          TargetType: 'lambda',
          Targets: [{ Id: target }],
          TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: String(multiValue) }],
        },
      },
      [`${id}Rule`]: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          ListenerArn: { Ref: `${id}ListenerArn` },
          Priority: { Ref: `${id}Priority` },
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
          Actions: [{ Type: 'forward', TargetGroupArn: { Ref: `${id}TargetGroup` } }],
        },
      },
    },
    outputs: {
      [`${id}TargetGroupArn`]: {
        Description: `Target group of ${deployable.name}`,
        Value: { Ref: `${id}TargetGroup` },
      },
    },
  }
}

function functionUrl(id: string, deployable: HttpDeployable, mode: 'BUFFERED' | 'RESPONSE_STREAM'): Part {
  return {
    properties: { FunctionUrlConfig: { AuthType: 'NONE', InvokeMode: mode } },
    resources: {
      // SAM grants lambda:InvokeFunctionUrl; a new URL needs this one too, or it answers 403:
      // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
      [`${id}Permission`]: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { 'Fn::GetAtt': [`${id}Function`, 'Arn'] },
          Principal: '*',
          InvokedViaFunctionUrl: true,
        },
      },
    },
    // SAM names the URL that it makes after the function.
    outputs: url(id, deployable, { 'Fn::GetAtt': [`${id}FunctionUrl`, 'FunctionUrl'] }),
  }
}

function url(id: string, deployable: HttpDeployable, value: unknown): Part['outputs'] {
  return { [`${id}Url`]: { Description: `Where ${deployable.name} is served`, Value: value } }
}

/** `get-order` becomes `GetOrder`: a logical id has letters and digits only, so two names may need a number. */
function logicalIds(deployables: readonly HttpDeployable[]): string[] {
  const taken = new Set<string>()
  return deployables.map(({ name }) => {
    const words = name.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    const base = words.join('')
    let id = base
    for (let count = 2; taken.has(id); count++) id = `${base}X${count}`
    taken.add(id)
    return id
  })
}
