import { query, type Expected } from './api-gateway-events.ts'

/** What a handler must see of each recorded event of a load balancer. */
export const albEvents: Record<string, Expected> = {
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

export const albMultiValueEvents: Record<string, Expected> = {
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
