/**
 * What both OpenAPI documents share: their parts, and the definitions of all that their paths name. Built when asked
 * for and not kept: they are megabytes. Loaded then, too: no start-up needs it.
 */
import { ascending, byKey } from '../../lib/order.ts'
import type { GroupVersionKind } from '../../apimachinery/meta.ts'
import type { DocumentedKind } from '../../apis/custom/listed-kind.ts'
import { schema } from '../../apis/schema.ts'
import { SCALE_KIND } from '../../apis/subresources.ts'
import { customDefinition, customList, type CustomModel } from './definitions/custom-schemas.ts'
import { definitionName, modelOfKind } from './definitions/definition-names.ts'
import { CLIENT_VERSIONS, KNOWN_VERSIONS } from './definitions/known-versions.ts'
import { PATCH_LEAF } from './definitions/leaves.ts'
import { kindNamed } from './definitions/schema-order.ts'
import {
  definitionsOf, leafSchema, referenceTo, type Descriptions, type OpenApiVersion, type SchemaContext, type SchemaObject,
} from './definitions/schemas.ts'
import { customPaths } from './paths/custom-paths.ts'
import { discoveryPaths } from './paths/discovery-paths.ts'
import { DELETE_OPTIONS_MODEL, PATCH_MODEL, WATCH_EVENT_MODEL, type Path } from './paths/operation.ts'
import { listModel, resourcePaths } from './paths/resource-paths.ts'

export interface DocumentParts {
  /** Whose paths are told. */
  readonly kinds: readonly DocumentedKind[]
  readonly paths: readonly Path[]
  /** All that are served: what a definition is called by. */
  readonly allKinds: readonly DocumentedKind[]
  readonly descriptions: Descriptions
  /** What the definition of a custom resource says of this kind. */
  readonly customModel: (kind: DocumentedKind) => CustomModel
  /** What is emulated: `1.36`. */
  readonly title: { readonly title: 'Kubernetes'; readonly version: string }
}

/** A document by the name that the index has it under, and the kinds in it. */
export type NamedDocument = readonly [name: string, kinds: readonly DocumentedKind[]]

export const AUTHENTICATION = 'Bearer Token authentication'

/** In the order of paths. */
export function pathsOf(documents: readonly NamedDocument[]): Path[] {
  const paths = documents.flatMap(([name, kinds]) => [
    ...discoveryPaths(name, kinds.length === 0 || kinds.some(({ definition }) => definition === undefined)),
    ...kinds.flatMap((kind) => (kind.definition === undefined ? resourcePaths(kind) : customPaths(kind))),
  ])
  return paths.toSorted((one, other) => ascending(one.path, other.path))
}

export function schemaContext(version: OpenApiVersion, { kinds, paths, allKinds, descriptions }: DocumentParts) {
  const found = kindsOf(allKinds)
  for (const { kind, answers, body } of paths.flatMap(({ operations }) => operations)) {
    for (const model of [...answers.map((answer) => answer.model), body?.model]) {
      if (kind === undefined || model?.endsWith(kind.kind) !== true || found.has(model)) continue
      found.set(model, [kindNamed(kind)])
    }
  }
  const groups = groupVersionsOf(version, kinds, allKinds)
  for (const [model, kind] of [[DELETE_OPTIONS_MODEL, 'DeleteOptions'], [WATCH_EVENT_MODEL, 'WatchEvent']] as const) {
    found.set(model, groups.map((groupVersion) => kindNamed({ ...groupVersion, kind })))
  }
  return { version, schema, descriptions, kindsOf: found } satisfies SchemaContext
}

/** Kinds of core that belong to no resource. */
const META_KINDS = ['Status', 'APIVersions', 'APIGroup', 'APIGroupList', 'APIResourceList'] as const

/** Type → the kinds that it is, lists with them. */
function kindsOf(kinds: readonly DocumentedKind[]): Map<string, GroupVersionKind[]> {
  const found = new Map<string, GroupVersionKind[]>()
  for (const kind of META_KINDS) found.set(`V1${kind}`, [kindNamed({ group: '', version: 'v1', kind })])
  for (const definition of kinds) {
    const { group, version } = definition
    found.set(definition.type, [kindNamed({ group, version, kind: definition.kind })])
    found.set(listModel(definition), [kindNamed({ group, version, kind: definition.listKind })])
  }
  const scale = modelOfKind(SCALE_KIND)
  if (scale !== undefined) found.set(scale, [kindNamed(SCALE_KIND)])
  return found
}

type GroupVersion = Pick<GroupVersionKind, 'group' | 'version'>

/**
 * Where options of deletions and events of watches are kinds, too: in every group that is known. A version 3
 * document says so of its own and of core (k8s.io/apiserver pkg/server/routes/openapi.go, filterScopedGVKs).
 */
function groupVersionsOf(
  documentVersion: OpenApiVersion,
  kinds: readonly DocumentedKind[],
  allKinds: readonly DocumentedKind[],
): GroupVersion[] {
  const own = kinds.filter(({ definition }) => definition === undefined)
  if (documentVersion === 3 && own.length === 0) return [...CLIENT_VERSIONS]
  const isScoped = documentVersion === 3
  const builtIn = isScoped ? own : allKinds.filter(({ definition }) => definition === undefined)
  const served = builtIn.map(({ group, version }): GroupVersion => ({ group, version }))
  const versions = isScoped ? served : [...KNOWN_VERSIONS, ...served]
  const found = new Map([{ group: '', version: 'v1' }, ...versions].map((one) => [`${one.group}/${one.version}`, one]))
  return [...found].toSorted(([one], [other]) => ascending(one, other)).map(([, groupVersion]) => groupVersion)
}

/** Every model that the paths name, with definitions for the lists that no model describes. */
export function definitions(context: SchemaContext, { kinds, paths, customModel }: DocumentParts) {
  const named = new Set(paths.flatMap(({ operations }) => operations.flatMap(({ body, answers }) =>
    [...answers.map(({ model }) => model), ...(body === undefined ? [] : [body.model])])))
  const custom = kinds.filter(({ definition }) => definition !== undefined)
  const meta = custom.length === 0 ? [] : ['V1ObjectMeta', 'V1ListMeta']
  const found = definitionsOf(context, [...[...named].filter((model) => context.schema.hasType(model)), ...meta])
  for (const kind of custom) {
    const model = customModel(kind)
    found[kind.type] = customDefinition(context, kind.type, model)
    found[definitionName(listModel(kind))] = customList(context, kind, model)
  }
  for (const kind of kinds) {
    const list = listModel(kind)
    if (kind.definition !== undefined || !named.has(list) || context.schema.hasType(list)) continue
    found[definitionName(list)] = listSchema(context, kind)
  }
  if (named.has(PATCH_MODEL)) found[PATCH_LEAF.name] = leafSchema(context, PATCH_LEAF)
  return Object.fromEntries(Object.entries(found).toSorted(byKey))
}

function listSchema({ version, kindsOf: kinds }: SchemaContext, definition: DocumentedKind): SchemaObject {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      items: { type: 'array', items: referenceTo(version, definition.type) },
      kind: { type: 'string' },
      metadata: referenceTo(version, 'V1ListMeta'),
    },
    'x-kubernetes-group-version-kind': kinds.get(listModel(definition)),
  }
}
