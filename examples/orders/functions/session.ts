import { http, HttpError } from 'isobar'

import { customerOf, endedSession, sessionCookie } from '../lib/session.ts'

export const signIn = http('POST /session', async (request, context) => {
  const form = new URLSearchParams(await request.text())
  const customer = form.get('customer')
  if (!customer) throw new HttpError(400, 'The form field customer is missing.')
  const headers = new Headers({ location: '/session' })
  headers.append('set-cookie', await sessionCookie(customer, context))
  headers.append('set-cookie', 'theme=light; Path=/')
  return new Response(null, { status: 303, headers })
})

export const whoAmI = http('GET /session', async (request, context) =>
  Response.json({ customer: await customerOf(request, context) }),
)

export const signOut = http(
  'DELETE /session',
  () => new Response(null, { status: 204, headers: { 'set-cookie': endedSession } }),
)
