/**
 * What is not a resource: discovery, OpenAPI, version and health. Documents are made elsewhere (discovery/,
 * openapi/); here is which path is which.
 */
import { notAllowedError } from '../../apimachinery/status-error.ts'
import type { ApiHost } from '../api-host.ts'
import { mergedDocument } from './aggregated/merged-documents.ts'
import { apiServices, remoteApis } from './aggregated/remote-api.ts'
import { serviceOrder } from './aggregated/service-order.ts'
import { HEALTH_CHECKS } from '../operations/health-checks.ts'
import { answerHealth, isHealthPath } from '../operations/health.ts'
import type { Way } from '../operations/way.ts'
import { answerUnknownPath, isRouted } from './unknown-path.ts'

/** What custom resources' groups have, and the lists of groups, looks at no method; nor does OpenAPI. */
const LISTS_OF_GROUPS = /^\/apis(?:\/[^/]*)?\/?$/

/** The issuer's documents have routes for one method as what is routed by groups has. */
const OF_ISSUER = /^\/(?:\.well-known|openid)\//

function isOnlyRead(path: string): boolean {
  return OF_ISSUER.test(path) || (isRouted(path) && !LISTS_OF_GROUPS.test(path))
}

export async function answerDocument(host: ApiHost, way: Way): Promise<Response> {
  const { request, url } = way
  if (isHealthPath(url.pathname)) {
    const answer = answerHealth(url, HEALTH_CHECKS, host, host.operations.metrics.health)
    if (answer === undefined) return answerUnknownPath(url.pathname)
    way.isServed = true
    return answer
  }
  const policy = await host.refreshPolicy()
  const apis = [...remoteApis(policy).values()]
  const isRefused = request.method !== 'GET' && isOnlyRead(url.pathname)
  // Whether there is such a document comes first, and in what form last.
  const asked = isRefused ? new Request(url) : request
  const read = { request: asked, url }
  const merged = () => mergedDocument(host, read, apis, serviceOrder(apiServices(policy)))
  const answer = await (apis.length === 0 ? host.documents(asked, url) : merged())
  if (answer === undefined) return answerUnknownPath(url.pathname)
  if (isRefused) throw notAllowedError()
  way.isServed = true
  return answer
}
