import { HttpError, type HttpContext } from 'isobar'

const encoder = new TextEncoder()

/** A cookie that holds the customer's name and a signature of it; nothing is stored on the server. */
export async function sessionCookie(customer: string, context: HttpContext): Promise<string> {
  const value = `${encodeURIComponent(customer)}.${await sign(customer, context)}`
  return `session=${value}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=3600`
}

export const endedSession = 'session=; Path=/; HttpOnly; Secure; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:00 GMT'

/** The customer of the session. @throws HttpError 401 without a valid one. */
export async function customerOf(request: Request, context: HttpContext): Promise<string> {
  const cookies = request.headers.get('cookie') ?? ''
  const value = cookies.split('; ').find((cookie) => cookie.startsWith('session='))
  const [name = '', signature] = value?.slice('session='.length).split('.') ?? []
  const customer = decodeURIComponent(name)
  // For a real service compare in constant time, for example with crypto.subtle.verify.
  if (customer === '' || signature !== (await sign(customer, context))) {
    throw new HttpError(401, 'Sign in first: POST /session with your name.')
  }
  return customer
}

async function sign(text: string, context: HttpContext): Promise<string> {
  const secret = encoder.encode(context.env['SESSION_SECRET'] ?? 'only-for-development')
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
