/** What a handler must see of each recorded event of API Gateway and of function URLs, read off the recording by hand. */
export interface Expected {
  method: string
  url: string
  address?: string
  cookie?: string
  /** As text; absent: no body. */
  body?: string
}

/** Of the events that the vendor's guide shows. */
export const query = '?parameter1=value1&parameter1=value2&parameter2=value'
const id = 'https://id.execute-api.us-east-1.amazonaws.com'

export const httpApiEvents: Record<string, Expected> = {
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

export const functionUrlEvents: Record<string, Expected> = {
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

export const restApiEvents: Record<string, Expected> = {
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
