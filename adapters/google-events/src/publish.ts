/** A message for a topic of Pub/Sub. */
export interface TopicMessage {
  /** Absent: the project that the function runs in. */
  project?: string | undefined
  /** The topic's name within its project. */
  topic: string
  data: Uint8Array
  attributes: Readonly<Record<string, string>>
  orderingKey?: string | undefined
}

/** Rejects when Pub/Sub has not taken the message. */
export type Publish = (message: TopicMessage) => Promise<void>

/** What is used of google-auth-library: https://github.com/googleapis/google-auth-library-nodejs */
export interface AuthModule {
  GoogleAuth: new (options: { scopes: string[] }) => Authorized
}

export interface Authorized {
  getRequestHeaders(url: string): Promise<Headers>
}

/**
 * Publishes by Pub/Sub's REST method, https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish.
 * As Google's clients do, it goes to `PUBSUB_EMULATOR_HOST` where that is set, over plain HTTP and without credentials:
 * https://docs.cloud.google.com/pubsub/docs/emulator#env
 *
 * @param loadAuth loads google-auth-library. Called when a message is published for the first time, and not for an emulator.
 */
export function topicPublisher(loadAuth: () => Promise<AuthModule>): Publish {
  let auth: Promise<Authorized> | undefined
  // Kept from then on: it has the token, which is good for an hour.
  const authorized = (): Promise<Authorized> => {
    auth ??= loadAuth().then(({ GoogleAuth }) => new GoogleAuth({ scopes: ['https://www.googleapis.com/auth/pubsub'] }))
    auth.catch(() => (auth = undefined))
    return auth
  }
  let ownProject: Promise<string> | undefined
  const projectOfRuntime = (): Promise<string> => {
    ownProject ??= askProject()
    ownProject.catch(() => (ownProject = undefined))
    return ownProject
  }
  return async (message) => {
    const emulator = process.env['PUBSUB_EMULATOR_HOST']
    const project = message.project ?? process.env['GOOGLE_CLOUD_PROJECT'] ?? (await projectOfRuntime())
    const origin = emulator ? `http://${emulator}` : 'https://pubsub.googleapis.com'
    const url = `${origin}/v1/projects/${project}/topics/${message.topic}:publish`
    const headers = emulator ? new Headers() : await (await authorized()).getRequestHeaders(url)
    await post(url, headers, message)
  }
}

/**
 * Asked of the metadata server itself: the library looks for a project in files and by starting the vendor's tool first, and
 * gives a slow server up. https://docs.cloud.google.com/run/docs/container-contract#metadata-server
 */
async function askProject(): Promise<string> {
  const host = process.env['GCE_METADATA_HOST'] ?? 'metadata.google.internal'
  const response = await fetch(`http://${host}/computeMetadata/v1/project/project-id`, {
    headers: { 'metadata-flavor': 'Google' },
    signal: AbortSignal.timeout(publishTimeoutMs),
  })
  if (!response.ok) throw new Error(`The metadata server answered ${response.status} to the question for the project.`)
  return response.text()
}

async function post(url: string, credentials: Headers, message: TopicMessage): Promise<void> {
  const headers = new Headers(credentials)
  headers.set('content-type', 'application/json')
  const { data, attributes, orderingKey } = message
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      messages: [
        {
          data: Buffer.from(data).toString('base64'),
          attributes,
          ...(orderingKey !== undefined && { orderingKey }),
        },
      ],
    }),
    // The invocation's own deadline may be far; a publish that hangs is worth as much as one that fails.
    signal: AbortSignal.timeout(publishTimeoutMs),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`Pub/Sub answered ${response.status} to ${url}: ${answer.slice(0, 500)}`)
}

const publishTimeoutMs = 30_000
