/**
 * One request on its way through an object, from its arrival to its answer: what was asked, and what every answer
 * carries whichever step gave it. Errors become Statuses here and nowhere else.
 */
import { answerError } from '../answer.ts'
import { negotiateError } from '../negotiate.ts'
import type { RequestInfo } from '../request-info.ts'
import { parseRequest } from '../request-info.ts'

export interface Way {
  readonly request: Request
  /** Without the cluster's prefix. */
  readonly url: URL
  readonly query: URLSearchParams
  readonly info: RequestInfo
  /** Set on the answer, whatever it is. */
  readonly headers: Headers
}

/** Never throws. */
export async function onItsWay(request: Request, answer: (way: Way) => Promise<Response>): Promise<Response> {
  const url = new URL(request.url)
  const query = url.searchParams
  const way: Way = { request, url, query, info: parseRequest(request.method, url.pathname, query), headers: new Headers() }
  let response: Response
  try {
    response = await answer(way)
  } catch (error) {
    response = answerError(error, negotiateError({ headers: request.headers, pretty: query.get('pretty') }))
  }
  return withHeaders(response, way.headers)
}

/** Answers of another Worker or object have headers that cannot be changed; such a one is wrapped. */
function withHeaders(response: Response, headers: Headers): Response {
  const added = [...headers]
  if (added.length === 0) return response
  try {
    for (const [name, value] of added) response.headers.set(name, value)
    return response
  } catch {
    const wrapped = new Response(response.body, response)
    for (const [name, value] of added) wrapped.headers.set(name, value)
    return wrapped
  }
}
