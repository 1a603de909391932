import { http, type HttpDefinition } from '@isobar/core'
import { toHex } from '../../shared/bytes.ts'
import { report } from '../lib/report.ts'

export const root: HttpDefinition = http('/', report)

export const echo: HttpDefinition = http('/echo/*', report)

/** A path that begins with two slashes would be a host if somebody resolved it as a reference. */
export const doubleSlash: HttpDefinition = http('//*', report)

/** For bodies that are too large to be sent back. */
export const digest: HttpDefinition = http('POST /digest', async (request) => {
  const body = await request.arrayBuffer()
  const sha256 = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
  return Response.json({
    length: body.byteLength,
    sha256: toHex(sha256),
    contentLength: request.headers.get('content-length'),
  })
})

/** Reads the body as `?as=` says; twice where it is `twice`. */
export const read: HttpDefinition = http('POST /read', async (request) => {
  switch (new URL(request.url).searchParams.get('as')) {
    case 'json':
      return Response.json(await request.json())
    case 'text':
      return Response.json(await request.text())
    case 'form': {
      const form = await request.formData()
      const fields = await Promise.all(
        [...form].map(async ([name, value]) =>
          typeof value === 'string'
            ? { name, value }
            : { name, file: value.name, type: value.type, hex: toHex(new Uint8Array(await value.arrayBuffer())) },
        ),
      )
      return Response.json(fields)
    }
    case 'stream': {
      if (request.body === null) return Response.json(null)
      let hex = ''
      for await (const chunk of request.body) hex += toHex(chunk)
      return Response.json(hex)
    }
    case 'clone': {
      const copy = request.clone()
      return Response.json([await request.text(), await copy.text()])
    }
    default: {
      await request.text()
      try {
        await request.text()
        return Response.json({ second: 'resolved' })
      } catch (error) {
        return Response.json({
          second: error instanceof TypeError ? 'TypeError' : String(error),
          bodyUsed: request.bodyUsed,
        })
      }
    }
  }
})
