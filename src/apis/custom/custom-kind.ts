/**
 * The kind of one version of a custom resource: a KindDefinition like a built-in's, so that everything else treats it
 * as one. What differs is in its `custom` part: decoding by the definition's schema, and reading what was stored under
 * another version or an older schema (k8s.io/apiextensions-apiserver pkg/apiserver/customresource_handler.go).
 */
import { plainNumbers } from '../../lib/exact-json.ts'
import { noteWrittenFloats } from '../../lib/written-floats.ts'
import { cloneJson, cloneSorted, equalJson } from '../../apimachinery/patch/json-value.ts'
import type { AnyObject, KubeObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/meta.ts'
import { decodeObject } from '../../apimachinery/schema/decode.ts'
import type { CustomType, DecodeOptions, KindDefinition, Subresource, Verb } from '../define-kind.ts'
import { ALL_VERBS, storeResource } from '../define-kind.ts'
import type {
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionVersion,
  V1SelectableField,
} from '../generated/types.ts'
import { schema as builtInSchema } from '../schema.ts'
import { SCALE, STATUS } from '../subresources.ts'
import type { Conversion } from './conversion.ts'
import { customColumns } from './custom-columns.ts'
import { WRITTEN_UNDER_FIELD, areNamesServed, isTerminating, namesOf } from './definition-state.ts'
import type { CustomSchema } from './custom-schema.ts'
import { customStrategy } from './custom-strategy.ts'
import { deprecationWarning } from './deprecation.ts'
import { readableJsonPath } from './json-path.ts'
import { loadRulesOf } from './rules-loader.ts'
import { scalePaths } from './scale-paths.ts'

/** What the kinds of a definition have in common. */
export interface CustomKindParts {
  readonly schemas: { of(version: string): CustomSchema }
  /** undefined: only the version changes its name. */
  readonly conversion: Conversion | undefined
  storedKind(): KindDefinition
  /** undefined: there is none of that name. */
  inVersion(version: string): KindDefinition | undefined
  forRequest?(): KindDefinition
}

/** In the order in which discovery tells them. */
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'] as const
const VERBS_WHILE_TERMINATING = ['delete', 'deletecollection', 'get', 'list', 'watch'] as const

export function customKind(
  definition: V1CustomResourceDefinition,
  version: V1CustomResourceDefinitionVersion,
  parts: CustomKindParts,
): KindDefinition {
  const { spec } = definition
  const names = namesOf(definition)
  const key = { group: spec.group, version: version.name, kind: names.kind, resource: names.plural }
  const custom = customType(definition, version, parts)
  const deprecation = deprecationWarning(spec, version)
  const writtenUnder = { [WRITTEN_UNDER_FIELD]: String(custom.generation) }
  return {
    ...key,
    scope: spec.scope === 'Cluster' ? 'Cluster' : 'Namespaced',
    singular: names.singular,
    listKind: names.listKind,
    shortNames: names.shortNames,
    categories: names.categories,
    verbs: ALL_VERBS,
    subresources: subresourcesOf(version),
    type: `${storeResource(key)}/${version.name}`,
    columns: customColumns(version.additionalPrinterColumns),
    strategy: customStrategy(version, () => parts.schemas.of(version.name)),
    hiddenFields: () => writtenUnder,
    load: () => loadRulesOf(version),
    get mergeNode() {
      return parts.schemas.of(version.name).mergeNode
    },
    ...(version.selectableFields === undefined ? {} : { selectableFields: selectableFields(version.selectableFields) }),
    custom,
    ...(deprecation === undefined ? {} : { deprecation }),
    ...(version.storage ? {} : { storedAs: storedAs(key, custom, parts) }),
  }
}

/** What discovery says; upstream's router takes the others all the same. */
export function verbsOf(terminating: boolean): readonly Verb[] {
  return terminating ? VERBS_WHILE_TERMINATING : VERBS
}

export function subresourcesOf({ subresources }: V1CustomResourceDefinitionVersion): Subresource[] {
  return [
    ...(subresources?.status === undefined ? [] : [STATUS]),
    ...(subresources?.scale === undefined ? [] : [SCALE]),
  ]
}

/** A field that is not there has the empty text. */
function selectableFields(fields: readonly V1SelectableField[]): (subject: KubeObject) => Record<string, string> {
  const paths = fields.flatMap(({ jsonPath }) => {
    const path = readableJsonPath(jsonPath)
    return path === undefined ? [] : [[jsonPath.replace(/^\./, ''), path] as const]
  })
  return (subject) => {
    const values: Record<string, string> = {}
    for (const [name, path] of paths) {
      const [value] = path(subject)
      values[name] = fieldText(value)
    }
    return values
  }
}

function fieldText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function customType(
  definition: V1CustomResourceDefinition,
  { name: version, served: isServed, subresources }: V1CustomResourceDefinitionVersion,
  { schemas, conversion, storedKind, inVersion, forRequest }: CustomKindParts,
): CustomType {
  const { metadata, spec } = definition
  const groupVersion = formatGroupVersion({ group: spec.group, version })
  const kind = namesOf(definition).kind
  // As registry/object-text.ts prints it, and as it printed it before fields were sorted. Another kind is another
  // generation.
  const [saidKind, saidVersion] = [`"kind":${JSON.stringify(kind)}`, `"apiVersion":${JSON.stringify(groupVersion)}`]
  const prefixes = [`{${saidVersion},`, `{${saidKind},${saidVersion},`]
  const generation = metadata.generation ?? 1
  const written = String(generation)
  const convert = (subject: AnyObject): AnyObject => {
    const converted = conversion?.converted(subject, groupVersion) ?? subject
    converted.apiVersion = groupVersion
    return converted
  }
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    generation,
    isServed: isServed && areNamesServed(definition),
    isTerminating: isTerminating(definition),
    get stored() {
      return storedKind()
    },
    inVersion,
    ...(forRequest === undefined ? {} : { forRequest }),
    scale: scalePaths(subresources?.scale),
    decode: (value, options) => decodeCustom(value, schemas.of(version), options),
    applyDefaults: (subject) => schemas.of(version).applyDefaults(subject),
    isCurrent: ({ text, fields }) =>
      prefixes.some((prefix) => text.startsWith(prefix)) &&
      (fields === undefined || fields[WRITTEN_UNDER_FIELD] === written),
    convert,
    show(subject) {
      // Upstream's storage fills in what it reads by the version that it is in, and converts then.
      schemas.of(parseGroupVersion(subject.apiVersion)?.version ?? version).applyDefaults(subject)
      const shown = convert(subject)
      // What this version's schema does not know goes.
      schemas.of(version).reshape(shown)
      return shown
    },
  }
}

function storedAs(
  key: { readonly group: string; readonly version: string; readonly kind: string },
  custom: CustomType,
  { conversion, storedKind }: CustomKindParts,
): NonNullable<KindDefinition['storedAs']> {
  return {
    get definition() {
      return storedKind()
    },
    toStored(subject) {
      const { version, custom: stored } = storedKind()
      const target = formatGroupVersion({ group: key.group, version })
      const next = cloneJson(conversion?.converted(subject as AnyObject, target) ?? subject) as AnyObject
      next.apiVersion = target
      if (stored === undefined) return next
      const { object } = stored.decode(next)
      stored.applyDefaults(object)
      // What is answered is what was stored: it is converted back before that, as long as there is time to wait.
      conversion?.converted(object, formatGroupVersion(key))
      return object
    },
    fromStored: (subject) => custom.show(cloneJson(subject) as AnyObject),
  }
}

/** Metadata without what the server says, whatever is written. */
function said(metadata: KubeObject['metadata']): object {
  const { managedFields: _managers, uid: _uid, creationTimestamp: _created, ...others } = metadata
  return { ...others, namespace: '', generation: 0, resourceVersion: '' }
}

/** Metadata is checked and pruned as any object's; the rest by the schema. */
function decodeCustom(value: object, schema: CustomSchema, options?: DecodeOptions): ReturnType<CustomType['decode']> {
  const { metadata = {}, ...rest } = value as Record<string, unknown>
  const isWritten = options?.holdsWritten === true
  const meta = decodeObject(builtInSchema, 'V1ObjectMeta', (isWritten ? plainNumbers(metadata) : metadata) ?? {})
  const object = cloneSorted(rest) as AnyObject
  if (isWritten) noteWrittenFloats(object)
  object.metadata = meta.object as unknown as KubeObject['metadata']
  const isMetadataChanged = options?.keepsUnfit === true && !equalJson(said(metadata ?? {}), said(object.metadata))
  const unknown = schema.shape(object, { ...options, isMetadataChanged })
  return { object, unknownFields: [...meta.unknownFields.map((path) => `metadata.${path}`), ...unknown] }
}
