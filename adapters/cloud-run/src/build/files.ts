/**
 * A small base, no root, and only what runs (`.dockerignore` leaves the rest out). `node` is started directly: under a
 * shell or npm it would not be process 1 and never see SIGTERM.
 * https://docs.cloud.google.com/run/docs/container-contract#instance-shutdown
 */
export function dockerfile(server: string): string {
  return `FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY . ./
USER node
CMD ["node", "${server}"]
`
}

/** What stands beside the servers, their assets and unbundled packages and is not for the image. */
export function dockerignore(): string {
  return [
    '.dockerignore',
    'Dockerfile',
    'manifest.json',
    'service.yaml',
    'triggers.tf.json',
    'shim',
    '**/*.map',
    '',
  ].join('\n')
}

export interface Service {
  name: string
  /** The server's file in the image. */
  server: string
  timeoutSeconds: number
  concurrency: number
  /** The service of the events, in the same image as `image`. */
  events?: { image: string; account: string }
}

/** For `gcloud run services replace`: https://docs.cloud.google.com/run/docs/reference/yaml/v1 */
export function serviceYaml(services: readonly Service[]): string {
  return services.map(service).join('---\n')
}

function service({ name, server, timeoutSeconds, concurrency, events }: Service): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${JSON.stringify(name)}
${events ? eventsAnnotations : ''}spec:
  template:
    spec:
      containerConcurrency: ${concurrency}
      timeoutSeconds: ${timeoutSeconds}
${events ? `      serviceAccountName: ${JSON.stringify(`${events.account}@PROJECT.iam.gserviceaccount.com`)}\n` : ''}      containers:
        # The image that the Dockerfile beside this file builds.
        - image: ${JSON.stringify(`REGION-docker.pkg.dev/PROJECT/REPOSITORY/${events?.image ?? name}`)}
          command: ["node", ${JSON.stringify(server)}]
          ports:
            - name: http1
              containerPort: 8080
${events ? eventsEnvironment : ''}`
}

/**
 * Senders of Google's are internal, so that nobody else even reaches the service. Who may call it is said in
 * triggers.tf.json; without `allUsers` a service is not public.
 * https://docs.cloud.google.com/run/docs/securing/ingress#internal-services
 */
const eventsAnnotations = `  annotations:
    run.googleapis.com/ingress: internal
`

/**
 * The project is not among it: the metadata server knows it, and a name that nobody filled in would only show when an event
 * is set aside.
 */
const eventsEnvironment = `          env:
            - name: ISOBAR_ROLE
              value: events
`
