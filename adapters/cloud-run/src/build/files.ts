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
  return ['.dockerignore', 'Dockerfile', 'manifest.json', 'service.yaml', 'shim', '**/*.map', ''].join('\n')
}

export interface Service {
  name: string
  /** The server's file in the image. */
  server: string
  timeoutSeconds: number
  concurrency: number
}

/** For `gcloud run services replace`: https://docs.cloud.google.com/run/docs/reference/yaml/v1 */
export function serviceYaml(services: readonly Service[]): string {
  return services.map(service).join('---\n')
}

function service({ name, server, timeoutSeconds, concurrency }: Service): string {
  return `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${JSON.stringify(name)}
spec:
  template:
    spec:
      containerConcurrency: ${concurrency}
      timeoutSeconds: ${timeoutSeconds}
      containers:
        # The image that the Dockerfile beside this file builds.
        - image: ${JSON.stringify(`REGION-docker.pkg.dev/PROJECT/REPOSITORY/${name}`)}
          command: ["node", ${JSON.stringify(server)}]
          ports:
            - name: http1
              containerPort: 8080
`
}
