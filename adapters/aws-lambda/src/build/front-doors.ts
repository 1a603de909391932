import type { HttpDeployable } from '@isobar/compiler'
import type { FrontDoorName } from './options.ts'
import type { Part } from './part.ts'

/** What each front door adds to the template for one deployable. */
export const frontDoors: Record<FrontDoorName, (id: string, deployable: HttpDeployable) => Part> = {
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
