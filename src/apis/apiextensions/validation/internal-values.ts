/**
 * Values as upstream prints them in the errors of a definition: its validation works on internal types without JSON
 * names, so fields come out with Go's names, in Go's order, set or not. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/{types,types_jsonschema}.go.
 */
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import { isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import { allInOrderOfKeys, inOrderOfKeys } from '../../../apimachinery/wire/print-json.ts'
import type { JsonSchema, ValidationRule } from '../../../apimachinery/structural/json-schema.ts'
import type { V1CustomResourceColumnDefinition, V1SelectableField } from '../../generated/types.ts'
import type { InternalVersion } from '../internal-spec.ts'

type Printed = Record<string, unknown>

/** Go's name, and the name in JSON where it is not the same with a small letter; then what stands for "not set". */
const SCHEMA_FIELDS: readonly (readonly [string, string, unknown])[] = [
  ['ID', 'id', ''], ['Schema', '$schema', ''], ['Ref', '$ref', null], ['Description', 'description', ''],
  ['Type', 'type', ''], ['Nullable', 'nullable', false], ['Format', 'format', ''], ['Title', 'title', ''],
  ['Default', 'default', null], ['Maximum', 'maximum', null], ['ExclusiveMaximum', 'exclusiveMaximum', false],
  ['Minimum', 'minimum', null], ['ExclusiveMinimum', 'exclusiveMinimum', false], ['MaxLength', 'maxLength', null],
  ['MinLength', 'minLength', null], ['Pattern', 'pattern', ''], ['MaxItems', 'maxItems', null],
  ['MinItems', 'minItems', null], ['UniqueItems', 'uniqueItems', false], ['MultipleOf', 'multipleOf', null],
  ['Enum', 'enum', null], ['MaxProperties', 'maxProperties', null], ['MinProperties', 'minProperties', null],
  ['Required', 'required', null], ['Items', 'items', null], ['AllOf', 'allOf', null], ['OneOf', 'oneOf', null],
  ['AnyOf', 'anyOf', null], ['Not', 'not', null], ['Properties', 'properties', null],
  ['AdditionalProperties', 'additionalProperties', null], ['PatternProperties', 'patternProperties', null],
  ['Dependencies', 'dependencies', null], ['AdditionalItems', 'additionalItems', null],
  ['Definitions', 'definitions', null], ['ExternalDocs', 'externalDocs', null], ['Example', 'example', null],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', false],
  ['XIntOrString', 'x-kubernetes-int-or-string', false], ['XListMapKeys', 'x-kubernetes-list-map-keys', null],
  ['XListType', 'x-kubernetes-list-type', null], ['XMapType', 'x-kubernetes-map-type', null],
  ['XValidations', 'x-kubernetes-validations', null],
]

const SCHEMA_LISTS = ['allOf', 'oneOf', 'anyOf']
const SCHEMA_MAPS = ['properties', 'patternProperties', 'definitions']

/** The names, in Go, of what a schema sets, in Go's order. */
export function goFieldsOf(schema: JsonSchema): string[] {
  return SCHEMA_FIELDS.filter(([, name, unset]) => (fieldOf(schema, name) ?? unset) !== unset).map(([goName]) => goName)
}

/** As it was given, empty lists and maps too. */
function fieldOf(schema: JsonSchema, name: string): unknown {
  return (schema as Printed)[name] ?? givenEmpty(schema, name)
}

export function printedSchema(schema: JsonSchema): Printed {
  return Object.fromEntries(
    SCHEMA_FIELDS.map(([goName, name, unset]) => {
      const value = fieldOf(schema, name)
      return [goName, value === undefined || value === null ? unset : printedField(name, value)]
    }),
  )
}

function printedField(name: string, value: unknown): unknown {
  if (name === 'not') return printedSchema(value as JsonSchema)
  if (SCHEMA_LISTS.includes(name)) return (value as JsonSchema[]).map(printedSchema)
  if (SCHEMA_MAPS.includes(name)) return printedMap(value as Record<string, JsonSchema>, printedSchema)
  if (name === 'items') return printedItems(value)
  if (name === 'dependencies') return printedMap(value as Record<string, unknown>, printedDependency)
  if (name === 'additionalProperties' || name === 'additionalItems') {
    if (typeof value !== 'object') return { Allows: value, Schema: null }
    return { Allows: true, Schema: printedSchema(value as JsonSchema) }
  }
  if (name === 'x-kubernetes-validations') return (value as ValidationRule[]).map(printedRule)
  if (name === 'externalDocs') {
    const { description = '', url = '' } = value as { description?: string; url?: string }
    return { Description: description, URL: url }
  }
  return allInOrderOfKeys(value)
}

function printedMap<T>(map: Readonly<Record<string, T>>, printed: (value: T) => Printed): Printed {
  return inOrderOfKeys(Object.fromEntries(Object.entries(map).map(([key, value]) => [key, printed(value)])))
}

/** A schema, or the names of fields. */
function printedDependency(one: unknown): Printed {
  if (Array.isArray(one)) return { Schema: null, Property: one }
  return { Schema: isJsonObject(one) ? printedSchema(one) : null, Property: null }
}

/** A schema's `items`: one schema, or a list of them. */
export function printedItems(items: unknown): Printed {
  if (Array.isArray(items)) return { Schema: null, JSONSchemas: (items as JsonSchema[]).map(printedSchema) }
  return { Schema: printedSchema(items as JsonSchema), JSONSchemas: null }
}

export function printedRule(rule: ValidationRule): Printed {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  }
}

export function printedVersion({ version, schema, subresources, columns, selectableFields }: InternalVersion): Printed {
  const root = schema?.openAPIV3Schema
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: schema === undefined ? null : { OpenAPIV3Schema: root === undefined ? null : printedSchema(root) },
    Subresources: subresources === undefined ? null : printedSubresources(subresources),
    AdditionalPrinterColumns: columns?.map(printedColumn) ?? null,
    SelectableFields: selectableFields?.map(printedPath) ?? null,
  }
}

function printedSubresources({ status, scale }: NonNullable<InternalVersion['subresources']>): Printed {
  return {
    Status: status === undefined ? null : {},
    Scale:
      scale === undefined
        ? null
        : {
            SpecReplicasPath: scale.specReplicasPath,
            StatusReplicasPath: scale.statusReplicasPath,
            LabelSelectorPath: scale.labelSelectorPath ?? null,
          },
  }
}

function printedPath({ jsonPath }: V1SelectableField): Printed {
  return { JSONPath: jsonPath }
}

function printedColumn(column: V1CustomResourceColumnDefinition): Printed {
  return {
    Name: column.name,
    Type: column.type,
    Format: column.format ?? '',
    Description: column.description ?? '',
    Priority: column.priority ?? 0,
    JSONPath: column.jsonPath,
  }
}
