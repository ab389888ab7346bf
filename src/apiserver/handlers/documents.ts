/**
 * What is not a resource: discovery, OpenAPI, version and health. Documents are made elsewhere (discovery/,
 * openapi/); here is which path is which.
 */
import { pathNotFoundError } from '../../apimachinery/status-error.ts'
import type { ApiHost } from '../api-host.ts'
import { answerHealth, isHealthPath } from '../operations/health.ts'

export async function answerDocument(host: ApiHost, request: Request, url: URL): Promise<Response> {
  if (isHealthPath(url.pathname)) {
    const answer = answerHealth(url, [
      { name: 'ping', check: () => undefined },
      { name: 'log', check: () => undefined },
      {
        name: 'store',
        check: () => (host.reader.revision >= host.reader.compactedRevision ? undefined : 'store is behind'),
      },
    ])
    if (answer === undefined) throw pathNotFoundError()
    return answer
  }
  const answer = await host.documents(request, url)
  if (answer === undefined) throw pathNotFoundError()
  return answer
}
