/**
 * The way of a request through the object that owns the data: the one place where the order stands, top to bottom.
 * Authentication is behind it (the Worker did it); everything else of k8s.io/apiserver's handler chain that concerns
 * one request is here.
 */
import type { UserInfo } from '../auth/user.ts'
import { ApiStatusError } from '../apimachinery/status-error.ts'
import type { KindDefinition } from '../apis/define-kind.ts'
import { deprecationOf, withoutBody } from './answer.ts'
import type { ApiHost } from './api-host.ts'
import { authorize, impersonated } from './authorize.ts'
import { answerByRemote } from './handlers/aggregated/proxy.ts'
import { remoteApiFor } from './handlers/aggregated/remote-api.ts'
import { answerByNewest, isOverAllNamespaces, ownedBy } from './custom/custom-resources.ts'
import { answerComponentStatuses } from './handlers/component-statuses.ts'
import { answerDocument } from './handlers/documents.ts'
import { getOne, listMany, watchMany } from './handlers/reads.ts'
import { deleteMany } from './handlers/collection-deletion.ts'
import { createOne, deleteOne, patchOne, updateOne } from './handlers/writes.ts'
import { answerReview } from './handlers/reviews.ts'
import { answerNamespaceBinding } from './subresources/binding.ts'
import { CONNECTING } from './subresources/connect/connecting.ts'
import { SUBRESOURCES } from './subresources/subresources.ts'
import { PLAIN, checkRouted, endpointOf, negotiate } from './negotiate.ts'
import { withSeat } from './operations/flow/with-seat.ts'
import type { Way } from './operations/way.ts'
import { onItsWay, served } from './operations/way.ts'
import type { RequestContext } from './request-context.ts'
import { checkRoutedType } from './writing/patch-types.ts'
import type { ResourceRequest } from './request-info.ts'
import { checkKey } from './writing/written-object.ts'
import { answerUnknownPath, isOutsideOfRouters } from './handlers/unknown-path.ts'
import { OF_ALL_NAMESPACES, checkName, checkNamespace } from './handlers/names.ts'
import { checkRoute } from './handlers/routes.ts'

type Handler = (context: RequestContext) => Response | Promise<Response>

const VERBS: Readonly<Record<string, Handler>> = {
  get: getOne,
  list: listMany,
  watch: watchMany,
  create: createOne,
  update: updateOne,
  patch: patchOne,
  delete: deleteOne,
  deletecollection: deleteMany,
}

/** Kinds that are never stored, besides reviews. */
const VIRTUAL: Readonly<Record<string, Handler>> = {
  bindings: answerNamespaceBinding,
  componentstatuses: answerComponentStatuses,
}

/** Answers a request of an authenticated user. Never throws. `request.url` is without the cluster's prefix. */
export function answerRequest(host: ApiHost, request: Request, authenticated: UserInfo): Promise<Response> {
  return onItsWay(host, request, authenticated, async (way) => {
    const { info } = way
    const user = await impersonated(host, way)
    return withSeat(host, way, user, async () => {
      await authorize(host, way, user)
      const found = remoteApiFor(host, info)
      const remote = found instanceof Promise ? await found : found
      if (remote !== undefined) return answerByRemote(host.aggregation, way, remote)
      return info.isResource ? answerResource(host, way, info) : answerDocument(host, way)
    })
  })
}

async function answerResource(host: ApiHost, way: Way, info: ResourceRequest): Promise<Response> {
  const { request, query, user } = way
  const found = host.kinds.find(info.group, info.version, info.resource)
  const definition = found instanceof Promise ? await found : found
  if (definition === undefined || isOutsideOfRouters(info.path)) return answerUnknownPath(info.path)
  if (definition.custom !== undefined && !isOfScope(definition, info)) return answerUnknownPath(info.path)
  // Upstream warns of a custom resource's version before it looks for the rest of the address.
  if (definition.custom !== undefined) way.warnings = deprecationOf(definition)
  checkRoute(definition, info, request.method)
  served(way, definition)
  const { trail } = way
  if (definition.custom === undefined) return answerKind({ way, host, request, query, info, definition, user, trail })
  if (isOverAllNamespaces(definition, info)) return ownedBy('all')
  return answerByNewest(host, request, info, definition, (sent, by, mayBeStale) =>
    answerKind({ way, host, request: sent, query, info, definition: by, user, trail, mayBeStale }),
  )
}

async function answerKind(asked: Omit<RequestContext, 'form' | 'warnings'> & { way: Way }): Promise<Response> {
  const { way, request, query, info, definition } = asked
  const warnings = deprecationOf(definition)
  way.warnings = warnings
  // Whoever connects is answered by what is behind, in its own form.
  const isConnecting = CONNECTING.has(info.subresource)
  const endpoint = endpointOf(definition, info.subresource, info.verb)
  if (!isConnecting) {
    checkRoutedType(definition, info, request)
    checkRouted(request.headers, endpoint)
    checkName(info)
    if (info.subresource !== 'log') checkNamespace(definition, info)
  }
  if (info.verb !== 'update') checkKey(info)
  const wishes = { headers: request.headers, pretty: query.get('pretty') }
  const form = isConnecting ? PLAIN : negotiate(wishes, endpoint)
  const context: RequestContext = { ...asked, form, warnings }
  const response = answerVerb(context)
  return request.method === 'HEAD' && !isConnecting ? withoutBody(await response) : response
}

function answerVerb(context: RequestContext): Response | Promise<Response> {
  const { definition, info } = context
  const { verb, resource, subresource } = info
  if (subresource === '' && definition.isVirtual === true) {
    return (VIRTUAL[definition.resource] ?? answerReview)(context)
  }
  const handler = subresource === '' ? VERBS[verb] : SUBRESOURCES[subresource]
  if (handler !== undefined) return handler(context)
  throw new ApiStatusError('MethodNotAllowed', `${resource}/${subresource} is not served by this cluster yet`)
}

/** A namespaced kind needs a namespace for everything but list and watch, and a cluster-scoped one has none. */
function isOfScope({ scope }: KindDefinition, { namespace, verb }: ResourceRequest): boolean {
  return scope === 'Namespaced' ? namespace !== '' || OF_ALL_NAMESPACES.has(verb) : namespace === ''
}
