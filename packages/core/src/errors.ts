/**
 * An answer that a handler throws: the client gets `status` and a problem+json body (RFC 9457) with `detail`. Any
 * other error is a 500 that tells the client nothing.
 */
export class HttpError extends Error {
  readonly status: number
  /** For the client to read; absent: only the title that belongs to the status. */
  readonly detail: string | undefined
  /** Sent with the answer: `{ 'retry-after': '30' }`. */
  readonly headers: Readonly<Record<string, string>>
  /** Tells an error of another copy of this package, which `instanceof` cannot. */
  readonly 'isobar.http-error': true = true

  /**
   * @param status 400 to 599.
   * @throws RangeError for another status.
   */
  constructor(
    status: number,
    detail?: string,
    options: { headers?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(detail ?? reasons[status] ?? `HTTP ${status}`, 'cause' in options ? { cause: options.cause } : undefined)
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`HttpError takes a status from 400 to 599, got ${status}.`)
    }
    this.name = 'HttpError'
    this.status = status
    this.detail = detail
    this.headers = options.headers ?? {}
  }
}

/** Never throws: what a handler throws may be anything, and may only look like an HttpError. */
export function isHttpError(value: unknown): value is HttpError {
  try {
    if (typeof value !== 'object' || value === null || !('isobar.http-error' in value)) return false
    if (!('status' in value && 'headers' in value && 'detail' in value)) return false
    const { status, headers, detail } = value
    if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599) return false
    return typeof headers === 'object' && headers !== null && (detail === undefined || typeof detail === 'string')
  } catch {
    return false
  }
}

/** The body of a problem+json answer, members always in this order so that the bytes are the same everywhere. */
export function problem(status: number, instance: string, detail?: string): string {
  return JSON.stringify({
    type: 'about:blank',
    title: reasons[status] ?? `HTTP ${status}`,
    status,
    detail,
    instance,
  })
}

/** Reason phrases of RFC 9110 and of the registry that it names, for the statuses that are errors. */
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  511: 'Network Authentication Required',
}
