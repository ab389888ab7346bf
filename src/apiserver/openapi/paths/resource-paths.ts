/**
 * The paths of a built-in kind. kubectl reads from them which address belongs to which kind (explain), and that PATCH
 * knows `dryRun` and `fieldValidation`. Upstream: k8s.io/apiserver pkg/endpoints/installer.go.
 */
import { formatGroupVersion, type GroupVersionKind } from '../../../apimachinery/meta.ts'
import type { DocumentedKind } from '../../../apis/custom/listed-kind.ts'
import { storeResource, type Subresource, type Verb } from '../../../apis/define-kind.ts'
import { RETURNS_DELETED_OBJECT } from '../../writing/deletion-answers.ts'
import { ACCEPTED_PATCHES } from '../../writing/patch-types.ts'
import { MEDIA_TYPES, STREAM_MEDIA_TYPES } from '../../negotiate.ts'
import { listModelOf, modelOfKind } from '../definitions/definition-names.ts'
import {
  STATUS_MODEL, TEXT_MODEL, WATCH_EVENT_MODEL,
  operationId, tagOf, titleOf, type Answer, type Method, type Operation, type Parameter, type Path,
} from './operation.ts'
import { NAMESPACE, PRETTY, REST_OF_PATH, isOptions, nameParameter, optionParameters } from './parameters.ts'
import { VERBS, bodyOf, describeVerb, type OwnVerb } from './verbs.ts'

/** Group, version and plural of a kind as the first part of its paths. */
export function rootPath({ group, version }: Pick<DocumentedKind, 'group' | 'version'>): string {
  return `${group === '' ? '/api' : '/apis'}/${formatGroupVersion({ group, version })}`
}

/** The list's model, `V1PodList`. */
export function listModel(kind: DocumentedKind): string {
  return listModelOf(kind.type, kind.listKind)
}

/** A resource or a part of it, at one of its addresses. */
interface Endpoint {
  readonly parent: DocumentedKind
  /** '' for the resource itself. */
  readonly part: string
  readonly kind: GroupVersionKind
  readonly model: string
  /** What its address names. */
  readonly placeholders: readonly Parameter[]
  /** `Namespaced`, or nothing. */
  readonly scope: string
  /** `ForAllNamespaces`, or nothing. */
  readonly suffix: string
}

export function resourcePaths(kind: DocumentedKind): Path[] {
  const { group, version, type, scope } = kind
  const isNamespaced = scope === 'Namespaced'
  const root = rootPath(kind)
  const below = `${isNamespaced ? 'namespaces/{namespace}/' : ''}${kind.resource}`
  const places = isNamespaced ? [NAMESPACE] : []
  const collection: Endpoint = {
    parent: kind, part: '', kind: { group, version, kind: kind.kind }, model: type, placeholders: places,
    scope: isNamespaced ? 'Namespaced' : '', suffix: '',
  }
  const item = { ...collection, placeholders: [nameParameter(kind.kind), ...places] }
  const everywhere = { ...collection, placeholders: [], scope: '', suffix: 'ForAllNamespaces' }
  const watched = { collection, item, everywhere: isNamespaced ? everywhere : undefined }
  return [
    { path: `${root}/${below}`, operations: operationsOf(collection, ['list', 'create', 'deletecollection']) },
    { path: `${root}/${below}/{name}`, operations: operationsOf(item, ['get', 'update', 'patch', 'delete']) },
    ...kind.subresources.flatMap((subresource) => subresourcePaths(item, subresource, `${root}/${below}`)),
    { path: `${root}/${kind.resource}`, operations: isNamespaced ? operationsOf(everywhere, ['list']) : [] },
    ...(kind.verbs.includes('watch') ? watchPaths(root, below, watched) : []),
  ].filter(({ operations }) => operations.length > 0)
}

/** Since 1.11 upstream calls them deprecated, and serves them. */
function watchPaths(
  root: string,
  below: string,
  { collection, item, everywhere }: Record<'collection' | 'item', Endpoint> & { everywhere: Endpoint | undefined },
): Path[] {
  return [
    { path: `${root}/watch/${below}`, operations: [operationOf(collection, 'watchlist')] },
    { path: `${root}/watch/${below}/{name}`, operations: [operationOf(item, 'watchone')] },
    ...(everywhere === undefined
      ? []
      : [{ path: `${root}/watch/${everywhere.parent.resource}`, operations: [operationOf(everywhere, 'watchlist')] }]),
  ]
}

function operationsOf(endpoint: Endpoint, verbs: readonly Exclude<Verb, 'watch'>[]): Operation[] {
  return verbs.filter((verb) => endpoint.parent.verbs.includes(verb)).map((verb) => operationOf(endpoint, verb))
}

function operationOf(endpoint: Endpoint, verb: OwnVerb): Operation {
  const { parent, part, kind, model, placeholders, scope, suffix } = endpoint
  const { method, action, prefix, parameters } = VERBS[verb]
  const infix = verb === 'deletecollection' ? 'Collection' : ''
  const subject = `${infix}${scope}${parent.kind}${titleOf(part)}${verb === 'watchlist' ? 'List' : ''}${suffix}`
  return {
    method,
    id: operationId(prefix, parent, subject),
    tag: tagOf(parent),
    description: describeVerb(verb, parent.kind, part, parent.verbs.includes('watch')),
    action,
    kind,
    parameters: [...placeholders, PRETTY, ...parameters],
    ...bodyOf(verb, model),
    consumes: verb === 'patch' ? ACCEPTED_PATCHES : ['*/*'],
    produces: verb === 'list' || action.startsWith('watch') ? [...MEDIA_TYPES, ...STREAM_MEDIA_TYPES] : MEDIA_TYPES,
    answers: answersOf(verb, parent, model),
  }
}

function answersOf(verb: OwnVerb, parent: DocumentedKind, model: string): Answer[] {
  const answer = (answered: string, ...codes: Answer['code'][]): Answer[] =>
    codes.map((code) => ({ code, model: answered }))
  switch (verb) {
    case 'list':
      return answer(listModel(parent), 200)
    case 'watchone':
    case 'watchlist':
      return answer(WATCH_EVENT_MODEL, 200)
    case 'deletecollection':
      return answer(STATUS_MODEL, 200)
    case 'delete':
      return answer(tellsDeleted(parent) ? model : STATUS_MODEL, 200, 202)
    case 'create':
      return answer(model, 200, 201, 202)
    case 'update':
    case 'patch':
      return answer(model, 200, 201)
    case 'get':
      return answer(model, 200)
  }
}

/** Deleted Namespaces are answered too, but upstream's document does not say so. */
function tellsDeleted(kind: DocumentedKind): boolean {
  const resource = storeResource(kind)
  return resource !== 'namespaces' && RETURNS_DELETED_OBJECT.has(resource)
}

/** Bodies that are options are streams: requests there connect. */
function subresourcePaths(item: Endpoint, { name, verbs, bodyKind }: Subresource, collection: string): Path[] {
  const path = `${collection}/{name}/${name}`
  const { parent } = item
  if (bodyKind !== undefined && isOptions(bodyKind.kind)) return connectPaths(item, name, bodyKind, path)
  const kind = bodyKind ?? item.kind
  const model = bodyKind === undefined ? parent.type : (modelOfKind(bodyKind) ?? parent.type)
  const [, ...places] = item.placeholders
  const endpoint: Endpoint = {
    ...item,
    part: name,
    kind: { group: kind.group, version: kind.version, kind: kind.kind },
    model,
    placeholders: [nameParameter(kind.kind), ...places],
  }
  const operations = verbs.filter((verb) => verb !== 'watch').map((verb) => operationOf(endpoint, verb))
  return [{ path, operations: name === 'log' ? operations.map(plainText) : operations }]
}

function plainText(operation: Operation): Operation {
  return {
    ...operation,
    parameters: [...operation.parameters, ...optionParameters('PodLogOptions')],
    produces: ['text/plain', ...operation.produces],
    answers: [{ code: 200, model: TEXT_MODEL }],
  }
}

const STREAM_METHODS: readonly Method[] = ['get', 'post']
const PROXY_METHODS: readonly Method[] = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']

function connectPaths(item: Endpoint, name: string, kind: GroupVersionKind, path: string): Path[] {
  const { parent, scope } = item
  const [, ...places] = item.placeholders
  const operations = (suffix: string, more: readonly Parameter[]): Operation[] =>
    (name === 'proxy' ? PROXY_METHODS : STREAM_METHODS).map((method) => ({
      method,
      id: operationId('connect', parent, `${titleOf(method)}${scope}${parent.kind}${titleOf(name)}${suffix}`),
      tag: tagOf(parent),
      description: `connect ${method.toUpperCase()} requests to ${name} of ${parent.kind}`,
      action: 'connect',
      kind: { group: kind.group, version: kind.version, kind: kind.kind },
      parameters: [
        nameParameter(kind.kind), ...places, ...more, ...(isOptions(kind.kind) ? optionParameters(kind.kind) : []),
      ],
      consumes: ['*/*'],
      produces: ['*/*'],
      answers: [{ code: 200, model: TEXT_MODEL }],
    }))
  const paths = [{ path, operations: operations('', []) }]
  return name === 'proxy'
    ? [...paths, { path: `${path}/{path}`, operations: operations('WithPath', [REST_OF_PATH]) }]
    : paths
}
