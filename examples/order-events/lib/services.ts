import { Reject, Retry, type EventContext } from 'isobar'

/**
 * Calls a service over HTTP and makes its answer the outcome of an event: what is asked too often or what is down comes
 * again, what the service will never take is set aside.
 *
 * @param variable the environment variable that has the service's address.
 * @param key the same at every redelivery, so that the service does not do twice what an event asks for once.
 */
export async function call(
  context: EventContext,
  variable: string,
  path: string,
  key: string,
  body: object,
): Promise<Response> {
  const base = context.env[variable]
  if (base === undefined) throw new Error(`The environment variable ${variable} is not set.`)
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
    signal: context.signal,
  })
  if (response.ok) return response
  const answer = `${variable} answers ${response.status} to ${path}.`
  if (response.status === 429) throw Retry.after(Number(response.headers.get('retry-after') ?? 30), answer)
  if (response.status >= 500) throw new Error(answer)
  throw Reject(answer)
}
