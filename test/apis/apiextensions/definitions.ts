/** Definitions of custom resources, decoded, and what their validation says. */
import { formatFieldError, type FieldError } from '../../../src/apimachinery/field-path.ts'
import { validateMetadataOnCreate } from '../../../src/apimachinery/metadata-validation.ts'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import {
  definitionNameRule, validateDefinition, validateDefinitionUpdate,
} from '../../../src/apis/apiextensions/validation/definition.ts'
import { SCHEMA_TOOLS } from '../../../src/apis/apiextensions/schema-tools.ts'
import type { V1CustomResourceDefinition } from '../../../src/apis/generated/types.ts'
import { schema as builtIn } from '../../../src/apis/schema.ts'

export type Fields = Record<string, unknown>

const CONTEXT = { tools: SCHEMA_TOOLS, rules: undefined }

export function version(name: string, rest: Fields = {}): Fields {
  return { name, served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } }, ...rest }
}

export function definition(spec: Fields = {}, rest: Fields = {}): V1CustomResourceDefinition {
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'plurals.group.com' },
    spec: {
      group: 'group.com',
      scope: 'Cluster',
      names: { plural: 'plurals', singular: 'singular', kind: 'Plural', listKind: 'PluralList' },
      versions: [version('v1', { storage: true })],
      conversion: { strategy: 'None' },
      ...spec,
    },
    status: { storedVersions: ['v1'] },
    ...rest,
  }
  const decoded = decodeObject(builtIn, 'V1CustomResourceDefinition', object).object
  return decoded as unknown as V1CustomResourceDefinition
}

/** With that schema in its only version. */
export function withSchema(schema: JsonSchema, versionRest: Fields = {}): V1CustomResourceDefinition {
  return definition({ versions: [version('v1',
    { storage: true, schema: { openAPIV3Schema: schema }, ...versionRest })] })
}

const texts = (errors: readonly FieldError[]): string[] => errors.map(formatFieldError)
const KIND = { isNamespaced: false, group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' }
/** With what the registry says of its metadata. */
export function create(next: V1CustomResourceDefinition): string[] {
  const scope = { ...KIND, nameRule: definitionNameRule(next) }
  return texts([...validateMetadataOnCreate(next.metadata, scope), ...validateDefinition(next, CONTEXT)])
}
export const update = (next: V1CustomResourceDefinition, previous: V1CustomResourceDefinition): string[] =>
  texts(validateDefinitionUpdate(next, previous, CONTEXT))

export const properties = (named: Record<string, JsonSchema>): JsonSchema => ({ type: 'object', properties: named })
export const ROOT = 'spec.validation.openAPIV3Schema'
