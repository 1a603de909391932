import type { Case, HttpCase } from '../types.ts'
import { eventCases } from './events/index.ts'
import { contextCases } from './context.ts'
import { cookieCases } from './cookies.ts'
import { errorCases } from './errors.ts'
import { lifecycleCases } from './lifecycle.ts'
import { loggingCases } from './logging.ts'
import { requestBodyParsedCases } from './request-body-parsed.ts'
import { requestBodyCases } from './request-body.ts'
import { requestHeaderCases } from './request-headers.ts'
import { requestMethodCases } from './request-method.ts'
import { requestPathCases } from './request-path.ts'
import { requestQueryCases } from './request-query.ts'
import { requestUrlCases } from './request-url.ts'
import { responseBodyCases } from './response-body.ts'
import { responseHeaderCases } from './response-headers.ts'
import { responseStatusCases } from './response-status.ts'
import { routingCases } from './routing.ts'
import { streamingCases } from './streaming.ts'

/** Those about requests and answers, in the order of the clauses. */
export const httpCases: readonly HttpCase[] = [
  ...requestMethodCases,
  ...requestUrlCases,
  ...requestPathCases,
  ...requestQueryCases,
  ...requestHeaderCases,
  ...requestBodyCases,
  ...requestBodyParsedCases,
  ...routingCases,
  ...responseStatusCases,
  ...cookieCases,
  ...responseHeaderCases,
  ...responseBodyCases,
  ...errorCases,
  ...streamingCases,
  ...contextCases,
  ...loggingCases,
  ...lifecycleCases,
]

/** Every case of the suite. */
export const cases: readonly Case[] = [...httpCases, ...eventCases]
