/**
 * Which methods built-in kinds are routed for at which addresses (k8s.io/apiserver pkg/endpoints/installer.go, as
 * go-restful's curly router reads them): an address that fits no route is not found, whatever the method; one that
 * fits a route for other methods does not allow this one. Custom resources have no routes: there it is looked at what
 * the address means. Pure.
 */
import type { KindDefinition, Verb } from '../../apis/define-kind.ts'
import {
  notAllowedError,
  notFoundError,
  notSupportedError,
  pathNotFoundError,
} from '../../apimachinery/status-error.ts'
import type { ResourceRequest } from '../request-info.ts'

const METHODS: Readonly<Record<Verb, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}

const OF_COLLECTIONS: ReadonlySet<Verb> = new Set<Verb>(['list', 'create', 'deletecollection'])
const OF_OBJECTS: ReadonlySet<Verb> = new Set<Verb>(['get', 'update', 'patch', 'delete'])

/** Methods that a proxy passes on. */
const PROXIED_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** @throws ApiStatusError 404 or 405 */
export function checkRoute(definition: KindDefinition, info: ResourceRequest, method: string): void {
  if (definition.custom !== undefined) {
    checkVerb(definition, info)
    return
  }
  const allows = routeAt(definition, info.steps)
  if (allows === undefined) throw pathNotFoundError()
  if (!allows(method)) throw notAllowedError()
}

/** Of a custom resource: apiextensions-apiserver pkg/apiserver/customresource_handler.go. */
function checkVerb(definition: KindDefinition, { verb, name, subresource }: ResourceRequest): void {
  const below = definition.subresources.find((one) => one.name === subresource)
  if (subresource !== '' && below === undefined) throw notFoundError(definition, name)
  const { verbs } = below ?? definition
  if (!verbs.some((one) => one === verb)) throw notSupportedError(definition, verb)
}

/** Tells which methods are routed at `steps`, if any is. */
function routeAt(definition: KindDefinition, steps: readonly string[]): ((method: string) => boolean) | undefined {
  const isWatched = steps[0] === 'watch'
  const [place, ...below] = placeOf(definition, isWatched ? steps.slice(1) : steps)
  if (place === undefined) return undefined
  const [name, subresource, ...rest] = below
  if (isWatched) {
    const isAddress = definition.verbs.includes('watch') && subresource === undefined
    return isAddress && (place === 'collection' || name === undefined) ? (method) => method === 'GET' : undefined
  }
  if (name === undefined) return amongVerbs(definition.verbs, place === 'all' ? LISTED : OF_COLLECTIONS)
  if (place === 'all') return undefined
  if (subresource === undefined) return amongVerbs(definition.verbs, OF_OBJECTS)
  const declared = definition.subresources.find((one) => one.name === subresource)
  if (declared === undefined) return undefined
  if (subresource === 'proxy') return (method) => PROXIED_METHODS.has(method)
  return rest.length > 0 ? undefined : (method) => declared.verbs.some((verb) => METHODS[verb] === method)
}

/** A list over all namespaces is read, and nothing else. */
const LISTED: ReadonlySet<Verb> = new Set<Verb>(['list'])

function amongVerbs(
  verbs: readonly Verb[],
  among: ReadonlySet<Verb>,
): ((method: string) => boolean) | undefined {
  const routed = verbs.filter((verb) => among.has(verb))
  return routed.length === 0 ? undefined : (method) => routed.some((verb) => METHODS[verb] === method)
}

type Place = 'collection' | 'all'

/** Where the collection is, and what follows it; a namespaced kind has one in each namespace, and one over all. */
function placeOf({ scope, resource }: KindDefinition, steps: readonly string[]): [place?: Place, ...below: string[]] {
  const isInNamespace = scope === 'Namespaced' && steps[0] === 'namespaces' && steps.length > 2
  const [first, ...below] = isInNamespace ? steps.slice(2) : steps
  if (first !== resource) return []
  return [scope === 'Namespaced' && !isInNamespace ? 'all' : 'collection', ...below]
}
