/**
 * The paths of a kind and what can be done there, apart from how a version of OpenAPI writes it. kubectl reads from
 * them which address belongs to which kind (explain), and that PATCH knows `dryRun` and `fieldValidation`. Upstream:
 * k8s.io/apiserver pkg/endpoints/installer.go.
 */
import type { GroupVersionKind } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import type { DocumentedKind } from '../../apis/custom/listed-kind.ts'
import type { Subresource, Verb } from '../../apis/define-kind.ts'
import { listModelOf, modelOfKind } from './definitions/definition-names.ts'

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch'

export interface Parameter {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'integer'
}

export interface Operation {
  readonly method: Method
  /** x-kubernetes-action: get, list, post, put, patch, delete, deletecollection, connect. */
  readonly action: string
  readonly id: string
  readonly tag: string
  readonly kind: GroupVersionKind
  /** Of a custom resource. */
  readonly isCustom: boolean
  readonly parameters: readonly Parameter[]
  /** The model of the request's body; `patch` for any JSON; undefined for none. */
  readonly body: string | undefined
  /** The model of the answer; undefined when it is plain text or a stream. */
  readonly answer: string | undefined
}

export interface Path {
  readonly path: string
  /** `namespace`, `name`. */
  readonly placeholders: readonly string[]
  readonly operations: readonly Operation[]
}

/** What a server-side patch takes: any JSON. */
export const PATCH_BODY = 'V1Patch'
const STATUS_MODEL = 'V1Status'
const DELETE_OPTIONS_MODEL = 'V1DeleteOptions'

const text = (...names: readonly string[]): Parameter[] => names.map((name) => ({ name, type: 'string' }))
const flag = (name: string): Parameter => ({ name, type: 'boolean' })
const count = (name: string): Parameter => ({ name, type: 'integer' })

const SELECTING: readonly Parameter[] = [
  ...text('continue', 'fieldSelector', 'labelSelector'), count('limit'),
  ...text('resourceVersion', 'resourceVersionMatch'), flag('sendInitialEvents'), count('timeoutSeconds'),
]
const LISTING: readonly Parameter[] = [flag('allowWatchBookmarks'), ...SELECTING, flag('watch')]
const WRITING: readonly Parameter[] = text('dryRun', 'fieldManager', 'fieldValidation')
const PATCHING: readonly Parameter[] = [...WRITING, flag('force')]
const DELETING: readonly Parameter[] = [
  ...text('dryRun'), count('gracePeriodSeconds'), flag('orphanDependents'), ...text('propagationPolicy'),
]

interface VerbShape {
  readonly method: Method
  readonly action: string
  /** The name of an operation is prefix, group and version, infix, subject. */
  readonly prefix: string
  readonly infix?: string
  readonly parameters: readonly Parameter[]
}

const VERBS: Readonly<Record<Exclude<Verb, 'watch'>, VerbShape>> = {
  get: { method: 'get', action: 'get', prefix: 'read', parameters: [] },
  list: { method: 'get', action: 'list', prefix: 'list', parameters: LISTING },
  create: { method: 'post', action: 'post', prefix: 'create', parameters: WRITING },
  update: { method: 'put', action: 'put', prefix: 'replace', parameters: WRITING },
  patch: { method: 'patch', action: 'patch', prefix: 'patch', parameters: PATCHING },
  delete: { method: 'delete', action: 'delete', prefix: 'delete', parameters: DELETING },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    prefix: 'delete',
    infix: 'Collection',
    parameters: [...DELETING, ...SELECTING],
  },
}
const COLLECTION_VERBS = ['list', 'create', 'deletecollection'] as const
const ITEM_VERBS = ['get', 'update', 'patch', 'delete'] as const

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** `core`, `apps`, `rbacAuthorization`: a group in the name of an operation. */
function groupWord(group: string): string {
  const [first = '', ...rest] = group.replace(/\.k8s\.io$/, '').split('.')
  return first === '' ? 'core' : first + rest.map(capitalized).join('')
}

/** Group, version and plural of a kind as the first part of its paths. */
export function rootPath({ group, version }: Pick<DocumentedKind, 'group' | 'version'>): string {
  return `${group === '' ? '/api' : '/apis'}/${formatGroupVersion({ group, version })}`
}

/** The list's model, `V1PodList`. */
export function listModel(kind: DocumentedKind): string {
  return listModelOf(kind.type, kind.listKind)
}

export function pathsOf(kind: DocumentedKind): Path[] {
  const isNamespaced = kind.scope === 'Namespaced'
  const root = rootPath(kind)
  const collection = `${root}${isNamespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`
  const places = isNamespaced ? ['namespace'] : []
  const scope = isNamespaced ? 'Namespaced' : ''
  const paths = [
    { path: collection, placeholders: places, operations: operationsOf(kind, COLLECTION_VERBS, scope) },
    {
      path: `${collection}/{name}`,
      placeholders: ['name', ...places],
      operations: operationsOf(kind, ITEM_VERBS, scope),
    },
    ...kind.subresources.map((subresource) => ({
      path: `${collection}/{name}/${subresource.name}`,
      placeholders: ['name', ...places],
      operations: subresourceOperations(kind, subresource, scope),
    })),
  ]
  if (isNamespaced && kind.verbs.includes('list')) {
    const operations = operationsOf(kind, ['list'], '', 'ForAllNamespaces')
    paths.push({ path: `${root}/${kind.resource}`, placeholders: [], operations })
  }
  return paths.filter(({ operations }) => operations.length > 0)
}

function operationsOf(
  kind: DocumentedKind,
  verbs: readonly (keyof typeof VERBS)[],
  scope: string,
  suffix = '',
): Operation[] {
  const { group, version, type } = kind
  const answers: Partial<Record<keyof typeof VERBS, string>> = {
    list: listModel(kind), delete: STATUS_MODEL, deletecollection: STATUS_MODEL,
  }
  return verbs.filter((verb) => kind.verbs.includes(verb)).map((verb) => {
    const { method, action, prefix, infix = '', parameters } = VERBS[verb]
    return {
      method,
      action,
      id: `${prefix}${capitalized(groupWord(group))}${capitalized(version)}${infix}${scope}${kind.kind}${suffix}`,
      tag: `${groupWord(group)}_${version}`,
      kind: { group, version, kind: kind.kind },
      isCustom: kind.definition !== undefined,
      parameters,
      body: bodyOf(verb, type),
      answer: answers[verb] ?? type,
    }
  })
}

function bodyOf(verb: keyof typeof VERBS, type: string): string | undefined {
  if (verb === 'create' || verb === 'update') return type
  if (verb === 'patch') return PATCH_BODY
  return verb === 'delete' || verb === 'deletecollection' ? DELETE_OPTIONS_MODEL : undefined
}

/** Bodies without a model, such as exec's options, are streams: GET and POST there connect. */
function subresourceOperations(
  parent: DocumentedKind,
  { name, verbs, bodyKind }: Subresource,
  scope: string,
): Operation[] {
  const { group, version } = parent
  const kind = bodyKind ?? { group, version, kind: parent.kind }
  const model = bodyKind === undefined ? parent.type : modelOfKind(bodyKind)
  const isPlainText = name === 'log'
  return verbs.filter((verb) => verb !== 'watch').map((verb) => {
    const { method, action, prefix, parameters } = VERBS[verb]
    const isStream = model === undefined
    const subject = `${isStream ? capitalized(method) : ''}${scope}${parent.kind}${capitalized(name)}`
    return {
      method,
      action: isStream ? 'connect' : action,
      id: `${isStream ? 'connect' : prefix}${capitalized(groupWord(group))}${capitalized(version)}${subject}`,
      tag: `${groupWord(group)}_${version}`,
      kind: { group: kind.group, version: kind.version, kind: kind.kind },
      isCustom: parent.definition !== undefined,
      parameters: isStream ? [] : parameters,
      body: isStream ? undefined : bodyOf(verb, model),
      answer: isPlainText ? undefined : model,
    }
  })
}
