import type { FrontDoor, RawRequest, RawResponse } from '@isobar/hosts'

/** Speaks to a front door as a browser would: keeps cookies and does not follow redirects by itself. */
export interface Client {
  (request: RawRequest): Promise<RawResponse>
  cookies: Map<string, string>
}

export function createClient(door: FrontDoor): Client {
  const cookies = new Map<string, string>()
  const send = async (request: RawRequest): Promise<RawResponse> => {
    const headers: [string, string][] = [...(request.headers ?? [])]
    if (cookies.size > 0) headers.push(['Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')])
    const response = await door.send({ ...request, headers })
    for (const line of headerValues(response, 'set-cookie')) {
      const [pair = '', ...attributes] = line.split(';')
      const [name = '', ...value] = pair.split('=')
      const ended = attributes.some((attribute) => /^\s*(?:expires=Thu, 01 Jan 1970|max-age=0)/i.test(attribute))
      if (ended) cookies.delete(name)
      else cookies.set(name, value.join('='))
    }
    return response
  }
  return Object.assign(send, { cookies })
}

export function headerValues(response: RawResponse, name: string): string[] {
  return response.headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value)
}

export function text(response: RawResponse): string {
  return new TextDecoder().decode(response.body)
}

export function json(response: RawResponse): unknown {
  return JSON.parse(text(response))
}
