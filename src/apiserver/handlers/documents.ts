/**
 * What is not a resource: discovery, OpenAPI, version and health. Documents are made elsewhere (discovery/,
 * openapi/); here is which path is which.
 */
import { notAllowedError } from '../../apimachinery/status-error.ts'
import type { ApiHost } from '../api-host.ts'
import { mergedDocument } from './aggregated/merged-documents.ts'
import { remoteApis } from './aggregated/remote-api.ts'
import { HEALTH_CHECKS } from '../operations/health-checks.ts'
import { answerHealth, isHealthPath } from '../operations/health.ts'
import type { Way } from '../operations/way.ts'
import { answerUnknownPath } from './unknown-path.ts'

/**
 * Discovery of versions, the server's own version and the issuer's documents have routes for one method; OpenAPI and the
 * lists of groups look at none.
 */
const ONLY_GET = /^\/(?:api(?:\/|$)|apis\/[^/]+\/[^/]|version\/?$|\.well-known\/|openid\/)/

export async function answerDocument(host: ApiHost, way: Way): Promise<Response> {
  const { request, url } = way
  if (isHealthPath(url.pathname)) {
    const answer = answerHealth(url, HEALTH_CHECKS, host.reader, host.operations.metrics.health)
    if (answer === undefined) return answerUnknownPath(url.pathname)
    way.isServed = true
    return answer
  }
  const apis = [...remoteApis(await host.refreshPolicy()).values()]
  const answer = await (apis.length === 0 ? host.documents(request, url) : mergedDocument(host, way, apis))
  if (answer === undefined) return answerUnknownPath(url.pathname)
  if (request.method !== 'GET' && ONLY_GET.test(url.pathname)) throw notAllowedError()
  way.isServed = true
  return answer
}
