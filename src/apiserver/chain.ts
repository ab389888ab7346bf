/**
 * The way of a request through the object that owns the data: the one place where the order stands, top to bottom.
 * Authentication is behind it (the Worker did it); everything else of k8s.io/apiserver's handler chain that concerns
 * one request is here.
 */
import type { UserInfo } from '../auth/user.ts'
import {
  ApiStatusError,
  badRequestError,
  notAllowedError,
  notFoundError,
  notSupportedError,
  pathNotFoundError,
} from '../apimachinery/status-error.ts'
import type { KindDefinition, Verb } from '../apis/define-kind.ts'
import { deprecationOf } from './answer.ts'
import type { ApiHost } from './api-host.ts'
import { authorize, impersonated } from './authorize.ts'
import { answerByRemote } from './handlers/aggregated/proxy.ts'
import { remoteApiFor } from './handlers/aggregated/remote-api.ts'
import { answerByNewest, isOverAllNamespaces, ownedBy } from './custom/custom-resources.ts'
import { answerDocument } from './handlers/documents.ts'
import { getOne, listMany, watchMany } from './handlers/reads.ts'
import { createOne, deleteMany, deleteOne, patchOne, updateOne } from './handlers/writes.ts'
import { answerReview } from './handlers/reviews.ts'
import { answerNamespaceBinding } from './subresources/binding.ts'
import { CONNECTING } from './subresources/connect/connecting.ts'
import { SUBRESOURCES } from './subresources/subresources.ts'
import { PLAIN, endpointOf, negotiate } from './negotiate.ts'
import { withSeat } from './operations/flow/with-seat.ts'
import type { Way } from './operations/way.ts'
import { onItsWay, served } from './operations/way.ts'
import type { RequestContext } from './request-context.ts'
import { checkRoutedType } from './writing/patch-types.ts'
import type { ResourceRequest } from './request-info.ts'
import { answerUnknownPath } from './handlers/unknown-path.ts'

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

/** Methods that a proxy passes on; upstream has no verb for the last. */
const PROXIED_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Verbs whose address has no name, and those whose address must have one. */
const NAMELESS: Readonly<Record<string, boolean>> = { create: true, update: false, patch: false }

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
  if (definition === undefined || info.path.includes('//')) return answerUnknownPath(info.path)
  if (!isServedHere(definition, info)) {
    if (definition.custom !== undefined) return answerUnknownPath(info.path)
    throw pathNotFoundError()
  }
  served(host, way, definition)
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
  if (definition.isVirtual === true && info.name !== '') throw pathNotFoundError()
  if (info.name.includes('%')) throw badRequestError(`Name parameter invalid: "${info.name}": may not contain '%'`)
  const handler = handlerOf(definition, info, request.method)
  const wishes = { headers: request.headers, pretty: query.get('pretty') }
  // Whoever connects is answered by what is behind, in its own form.
  const isConnecting = CONNECTING.has(info.subresource)
  if (!isConnecting) checkRoutedType(definition, info, request)
  const form = isConnecting ? PLAIN : negotiate(wishes, endpointOf(definition, info.subresource, info.verb))
  const context: RequestContext = { ...asked, form, warnings }
  return request.method === 'HEAD' && !isConnecting ? answerHead(handler, context) : handler(context)
}

/** Custom resources have no routes that a HEAD could miss. */
async function answerHead(handler: Handler, context: RequestContext): Promise<Response> {
  const response = await handler(context)
  await response.body?.cancel()
  return new Response(null, response)
}

/**
 * Who answers: told before anybody looks at headers, as upstream's router knows addresses and methods first.
 * @throws ApiStatusError 404, 405
 */
function handlerOf(definition: KindDefinition, info: ResourceRequest, method: string): Handler {
  const isPart = info.subresource !== ''
  const handler = isPart ? handlerOfSubresource(definition, info, method) : handlerOfKind(definition, info)
  // Nothing is routed for HEAD but proxies, though its right is that of GET.
  const isRouted = method !== 'HEAD' || definition.custom !== undefined || info.subresource === 'proxy'
  if (!isRouted) throw notAllowedError()
  return handler
}

function handlerOfKind(definition: KindDefinition, info: ResourceRequest): Handler {
  const handler = definition.isVirtual === true ? answerVirtual : VERBS[info.verb]
  const isKnown = handler !== undefined && definition.verbs.some((verb) => verb === info.verb)
  const isMisplaced = NAMELESS[info.verb] === (info.name !== '') && !isCreationAtName(definition, info)
  if (!isKnown || isMisplaced) throw notRouted(definition, info)
  return handler
}

/** Where there are no routes, the name in the address is not looked at: the object has its own. */
function isCreationAtName({ custom }: KindDefinition, { verb }: ResourceRequest): boolean {
  return custom !== undefined && verb === 'create'
}

/** Addresses of custom resources have no routes: there the verb is looked for, and then the name. */
function notRouted(definition: KindDefinition, { verb, name }: ResourceRequest): ApiStatusError {
  if (definition.custom === undefined) return notAllowedError()
  if (name === '' && NAMELESS[verb] === false) return badRequestError('name must be provided')
  return notSupportedError(definition, verb)
}

/** Kinds that are answered and never stored: all but one are reviews. */
function answerVirtual(context: RequestContext): Response | Promise<Response> {
  const { definition } = context
  return definition.resource === 'bindings' ? answerNamespaceBinding(context) : answerReview(context)
}

/** A namespaced kind needs a namespace for everything but list and watch, and a cluster-scoped one has none. */
function isServedHere(definition: KindDefinition, info: ResourceRequest): boolean {
  if (definition.scope === 'Namespaced') {
    if (info.namespace !== '' || definition.isVirtual === true || info.verb === 'list' || info.verb === 'watch') {
      return true
    }
    // The list over all namespaces is served at this address, and nothing else.
    if (info.name === '' && definition.custom === undefined) throw notAllowedError()
    return false
  }
  return info.namespace === '' || info.resource === 'namespaces'
}

function handlerOfSubresource(definition: KindDefinition, info: ResourceRequest, method: string): Handler {
  const declared = definition.subresources.find(({ name }) => name === info.subresource)
  if (declared === undefined && definition.custom !== undefined && info.name !== '') {
    throw notFoundError(definition, info.name)
  }
  if (declared === undefined || info.name === '') throw pathNotFoundError()
  const isProxy = info.subresource === 'proxy'
  // Subresources are not watched, so the old paths of watches have none.
  if ((info.rest !== '' && !isProxy) || info.verb === 'watch') throw pathNotFoundError()
  const isProxied = isProxy && PROXIED_METHODS.has(method)
  if (!isProxied && !declared.verbs.includes(info.verb as Verb)) throw notRouted(definition, info)
  const handler = SUBRESOURCES[info.subresource]
  if (handler === undefined) {
    throw new ApiStatusError(
      'MethodNotAllowed',
      `${info.resource}/${info.subresource} is not served by this cluster yet`,
    )
  }
  return handler
}
