/**
 * Definitions of custom resources in OpenAPI's form: the schema of their version, with the type and metadata that every
 * object has (k8s.io/apiextensions-apiserver pkg/controller/openapi/builder). Version 2 cannot say everything, and what
 * kubectl's validation would read wrongly there is left out (…/openapi/v2/conversion.go).
 */
import { byKey } from '../../../lib/order.ts'
import { isJsonObject, sortedFields } from '../../../apimachinery/patch/json-value.ts'
import type { DocumentedKind } from '../../../apis/custom/listed-kind.ts'
import type { V1JSONSchemaProps, V1ValidationRule } from '../../../apis/generated/types.ts'
import { inOrder, kindNamed } from './schema-order.ts'
import {
  referenceTo, type Descriptions, type OpenApiVersion, type SchemaContext, type SchemaObject,
} from './schemas.ts'

type Schema = Record<string, unknown>
type Texts = Descriptions[string]

/** What a version of a definition contributes. */
export interface CustomModel {
  readonly schema: V1JSONSchemaProps | undefined
  /** `spec.color`, …: what its objects can be selected by. */
  readonly selectableFields: readonly string[]
}

/** The definition of the resource itself. */
export function customDefinition(context: SchemaContext, type: string, model: CustomModel): SchemaObject {
  const { version } = context
  const { schema } = model
  const kind = { 'x-kubernetes-group-version-kind': context.kindsOf.get(type) }
  const isOpen = schema?.['x-kubernetes-preserve-unknown-fields'] === true
  // With any property clients would take all others for mistakes.
  if (schema === undefined || (version === 2 && isOpen)) return { type: 'object', ...kind }
  const made = convert(schema, context) as SchemaObject
  return inOrder({
    ...made,
    properties: withMeta(made.properties, context),
    ...kind,
    ...selectableOf(model),
  })
}

/** The definition of a list of it. */
export function customList(context: SchemaContext, kind: DocumentedKind, model: CustomModel): SchemaObject {
  const { group, version, listKind, resource } = kind
  const { metadata } = context.descriptions['V1PodList'] ?? {}
  const { apiVersion, kind: kindProperty } = metaProperties(context, ownTexts(context))
  return {
    description: `${listKind} is a list of ${kind.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: apiVersion ?? {},
      items: {
        description: `List of ${resource}. More info: ${CONVENTIONS}`,
        type: 'array',
        items: referenceTo(context.version, kind.type),
      },
      kind: kindProperty ?? {},
      metadata: referenceWith(context.version, 'V1ListMeta', metadata === undefined ? {} : { description: metadata }),
    },
    'x-kubernetes-group-version-kind': [kindNamed({ group, version, kind: listKind })],
    ...selectableOf(model),
  }
}

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md'

function selectableOf({ selectableFields }: CustomModel): SchemaObject {
  if (selectableFields.length === 0) return {}
  return { 'x-kubernetes-selectable-fields': selectableFields.map((fieldPath) => ({ fieldPath })) }
}

function metaProperties({ version }: SchemaContext, texts: Texts): Record<string, SchemaObject> {
  const described = (field: string): { description?: string } => {
    const text = texts[field] ?? ''
    return text === '' ? {} : { description: text }
  }
  return {
    apiVersion: { ...described('apiVersion'), type: 'string' },
    kind: { ...described('kind'), type: 'string' },
    metadata: referenceWith(version, 'V1ObjectMeta', described('metadata')),
  }
}

/** Every kind says the same of its type and metadata. */
function ownTexts({ descriptions }: SchemaContext): Texts {
  return descriptions['V1ConfigMap'] ?? {}
}

function withMeta(
  properties: object | undefined,
  context: SchemaContext,
  texts: Texts = ownTexts(context),
): Record<string, SchemaObject> {
  return Object.fromEntries(Object.entries({ ...properties, ...metaProperties(context, texts) }).toSorted(byKey))
}

/** Beside a reference version 3 ignores everything: it has to stand in an allOf. */
function referenceWith(version: OpenApiVersion, type: string, said: { description?: string }): SchemaObject {
  const reference = referenceTo(version, type)
  if (version === 2 || said.description === undefined) return { ...said, ...reference }
  return { ...said, allOf: [reference] }
}

const JUNCTORS = ['allOf', 'anyOf', 'oneOf'] as const

function convert(source: V1JSONSchemaProps, context: SchemaContext): Schema {
  const { items, properties, additionalProperties, not, allOf: _all, anyOf: _any, oneOf: _one, ...rest } = source
  // What stands in extensions, and values, are maps of Go.
  const made: Schema = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, sortedFields(value)]))
  const rules = rest['x-kubernetes-validations']
  if (rules !== undefined && context.version === 3) made['x-kubernetes-validations'] = rules.map(inOrderOfRules)
  if (isSchema(items)) made['items'] = convert(items, context)
  if (isSchema(additionalProperties)) made['additionalProperties'] = convert(additionalProperties, context)
  else if (typeof additionalProperties === 'boolean') made['additionalProperties'] = additionalProperties
  if (properties !== undefined) {
    const converted = Object.entries(properties).map(([name, one]): [string, Schema] => [name, convert(one, context)])
    made['properties'] = Object.fromEntries(converted.toSorted(byKey))
  }
  if (context.version === 2) simplify(made, source)
  else {
    for (const junctor of JUNCTORS) {
      const list = source[junctor]
      if (list !== undefined) made[junctor] = list.map((one) => convert(one, context))
    }
    if (not !== undefined) made['not'] = convert(not, context)
    unfold(made, source)
  }
  addEmbedded(made, source, context)
  return inOrder(made)
}

/** Rules stay what they are in Go. */
const RULE_FIELDS = ['rule', 'message', 'messageExpression', 'reason', 'fieldPath', 'optionalOldSelf'] as const

function inOrderOfRules(rule: V1ValidationRule): object {
  return Object.fromEntries(RULE_FIELDS.flatMap((field) => (rule[field] === undefined ? [] : [[field, rule[field]]])))
}

function isSchema(value: unknown): value is V1JSONSchemaProps {
  return isJsonObject(value)
}

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }]

/** What int-or-string stands for. */
function unfold(made: Schema, source: V1JSONSchemaProps): void {
  if (source['x-kubernetes-int-or-string'] !== true) return
  const isSaid = source.anyOf !== undefined || source.allOf?.some((one) => one.anyOf !== undefined) === true
  if (!isSaid) made['anyOf'] = INT_OR_STRING
}

/** For version 2: what may be null has no type, of what is open nothing more is said, and nothing has a default. */
function simplify(made: Schema, source: V1JSONSchemaProps): void {
  const isOpen = source['x-kubernetes-preserve-unknown-fields'] === true
  delete made['default']
  if (source.nullable === true) {
    delete made['type']
    delete made['nullable']
  }
  if (source.nullable === true || isOpen) {
    delete made['items']
    delete made['properties']
  }
  if (made['items'] === undefined && made['type'] === 'array') delete made['type']
  if (isOpen && made['type'] === 'object') delete made['type']
  // Of properties that are left out, nobody looks at which may be null.
  const properties = made['properties'] === undefined ? undefined : source.properties
  const required = source.required?.filter((name) => properties?.[name]?.nullable !== true)
  if (required !== undefined && required.length === 0) delete made['required']
  else if (required !== undefined) made['required'] = required
  const others = source.additionalProperties
  if (isSchema(others) && others.nullable === true) delete made['required']
}

/** What is said of the type of an embedded resource is shorter than of an object's own. */
const EMBEDDED_TEXTS: Texts = {
  apiVersion: 'apiVersion defines the versioned schema of this representation of an object. ' +
    `More info: ${CONVENTIONS}#resources`,
  kind: 'kind is a string value representing the type of this object. In CamelCase. ' +
    `More info: ${CONVENTIONS}#types-kinds`,
}

/** An embedded resource has a type and metadata, too. */
function addEmbedded(made: Schema, source: V1JSONSchemaProps, context: SchemaContext): void {
  if (source['x-kubernetes-embedded-resource'] !== true) return
  if (context.version === 2 && source['x-kubernetes-preserve-unknown-fields'] === true) return
  const texts = { ...ownTexts(context), ...EMBEDDED_TEXTS }
  made['properties'] = withMeta(made['properties'] as object | undefined, context, texts)
  made['required'] = [...new Set([...(source.required ?? []), 'kind', 'apiVersion'])]
}
