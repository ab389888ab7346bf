/**
 * The paths of a custom resource, which upstream's document makes by rules of its own: no watches, fewer media types,
 * a collection deleted without a body, and every part under the resource's own kind.
 * Upstream: k8s.io/apiextensions-apiserver pkg/controller/openapi/builder/builder.go.
 */
import type { DocumentedKind } from '../../../apis/custom/listed-kind.ts'
import { SCALE_KIND } from '../../../apis/subresources.ts'
import { ACCEPTED_PATCHES_OF_CUSTOM } from '../../writing/patch-types.ts'
import { modelOfKind } from '../definitions/definition-names.ts'
import {
  STATUS_MODEL, operationId, tagOf, titleOf,
  type Answer, type Operation, type Parameter, type Path,
} from './operation.ts'
import { NAMESPACE, PRETTY, nameParameter, optionParameters, type OptionsType } from './parameters.ts'
import { listModel, rootPath } from './resource-paths.ts'
import { VERBS, bodyOf, describeVerb } from './verbs.ts'

type CustomVerb = 'list' | 'create' | 'deletecollection' | 'get' | 'update' | 'patch' | 'delete'

/** What differs from a built-in kind's. */
interface CustomShape {
  readonly options: OptionsType
  readonly codes: readonly Answer['code'][]
}

const CUSTOM_SHAPES: Readonly<Record<CustomVerb, CustomShape>> = {
  get: { options: 'GetOptions', codes: [200] },
  list: { options: 'ListOptions', codes: [200] },
  create: { options: 'CreateOptions', codes: [200, 201, 202] },
  update: { options: 'UpdateOptions', codes: [200, 201] },
  patch: { options: 'PatchOptions', codes: [200] },
  delete: { options: 'DeleteOptions', codes: [200, 202] },
  deletecollection: { options: 'ListOptions', codes: [200] },
}

const MEDIA_TYPES = ['application/json', 'application/yaml']

interface Endpoint {
  readonly kind: DocumentedKind
  /** '' for the resource itself. */
  readonly part: string
  readonly placeholders: readonly Parameter[]
  /** What stands around the kind in the name of an operation. */
  readonly scope: string
  readonly suffix: string
}

export function customPaths(kind: DocumentedKind): Path[] {
  const isNamespaced = kind.scope === 'Namespaced'
  const root = rootPath(kind)
  const collection = `${root}/${isNamespaced ? 'namespaces/{namespace}/' : ''}${kind.resource}`
  const places = isNamespaced ? [NAMESPACE] : []
  const many: Endpoint = {
    kind, part: '', placeholders: places, scope: isNamespaced ? 'Namespaced' : '', suffix: '',
  }
  const one: Endpoint = { ...many, placeholders: [nameParameter(kind.kind), ...places] }
  const everywhere: Endpoint = { ...many, placeholders: [], scope: '', suffix: 'ForAllNamespaces' }
  return [
    { path: collection, operations: operationsOf(many, ['list', 'create', 'deletecollection']) },
    { path: `${collection}/{name}`, operations: operationsOf(one, ['get', 'update', 'patch', 'delete']) },
    ...kind.subresources.map(({ name }) => ({
      path: `${collection}/{name}/${name}`,
      operations: operationsOf({ ...one, part: name }, ['get', 'update', 'patch']),
    })),
    { path: `${root}/${kind.resource}`, operations: isNamespaced ? operationsOf(everywhere, ['list']) : [] },
  ].filter(({ operations }) => operations.length > 0)
}

function operationsOf(endpoint: Endpoint, verbs: readonly CustomVerb[]): Operation[] {
  return verbs.map((verb) => operationOf(endpoint, verb))
}

function operationOf({ kind, part, placeholders, scope, suffix }: Endpoint, verb: CustomVerb): Operation {
  const { method, action, prefix } = VERBS[verb]
  const { options, codes } = CUSTOM_SHAPES[verb]
  const { group, version } = kind
  const model = part === 'scale' ? (modelOfKind(SCALE_KIND) ?? kind.type) : kind.type
  const answered = verb === 'list' ? listModel(kind) : method === 'delete' ? STATUS_MODEL : model
  const infix = verb === 'deletecollection' ? 'Collection' : ''
  return {
    method,
    id: operationId(prefix, kind, `${infix}${scope}${kind.kind}${titleOf(part)}${suffix}`),
    tag: tagOf(kind),
    description: describeVerb(verb, kind.kind, part, false),
    action,
    kind: { group, version, kind: kind.kind },
    parameters: [...placeholders, PRETTY, ...optionParameters(options)],
    ...(verb === 'deletecollection' ? {} : bodyOf(verb, model)),
    consumes: verb === 'patch' ? ACCEPTED_PATCHES_OF_CUSTOM : MEDIA_TYPES,
    produces: MEDIA_TYPES,
    answers: codes.map((code) => ({ code, model: answered })),
  }
}
