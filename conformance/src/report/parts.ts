import type { ReportDoor } from './schema.ts'

/** Which part of a door is the vendor's own code, and which is a model of the vendor's service. */
export interface DoorParts {
  vendor: string
  modelled: string
}

/** What stands around each runtime in the cloud, and is a model here; by door, else by platform. */
const models: Readonly<Record<string, string>> = {
  'aws-lambda/http-api': 'Amazon API Gateway (HTTP API), Lambda Runtime API',
  'aws-lambda/rest-api': 'Amazon API Gateway (REST API), Lambda Runtime API',
  'aws-lambda/alb': 'Application Load Balancer, Lambda Runtime API',
  'aws-lambda/alb-multi-value': 'Application Load Balancer (multi-value headers), Lambda Runtime API',
  'aws-lambda/function-url': 'Lambda function URL (buffered), Lambda Runtime API',
  'aws-lambda/function-url-streaming': 'Lambda function URL (streaming), Lambda Runtime API',
  'aws-lambda/events': 'SQS, SNS, S3, Kinesis, DynamoDB Streams, EventBridge and its Scheduler, Lambda Runtime API',
  'azure-functions/events':
    "Functions host, Event Hubs, Cosmos DB's change feed, Event Grid; Storage queues are Azurite's",
  'azure-functions/events-service-bus': 'Functions host, Service Bus, Event Hubs, Cosmos DB, Event Grid',
  'google-cloud-functions/events': 'Pub/Sub, Cloud Scheduler, Eventarc',
  'cloud-run/events': 'Pub/Sub, Cloud Scheduler, Eventarc',
  'cloudflare-workers/events': 'Queues, cron triggers, R2 notifications',
  'aws-lambda': 'front door, Lambda Runtime API',
  'azure-functions': 'Azure Functions host (routing, triggers, answers)',
  'google-cloud-functions': 'Google front end',
  'cloud-run': 'Google front end',
  'cloudflare-workers': 'Cloudflare edge (headers and limits)',
}

/** Says of a door what is real in it and what is not; a pass says nothing about more than that. */
export function doorParts(door: ReportDoor): DoorParts {
  const runtime = `${door.runtime.name} ${door.runtime.version}`.trim()
  // A second target with the same door has its name behind the id.
  const [id = door.id] = door.id.split(' ')
  const model = models[id] ?? models[door.platform] ?? 'front door of the host'
  const made = door.front === 'vendor' ? "the vendor's code makes the event" : 'the model makes the event'
  return { vendor: runtime, modelled: `${model}; ${made}` }
}
