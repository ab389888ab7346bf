/**
 * What happens to a custom resource between its text and the store, as far as its schema decides it: unknown fields go,
 * embedded resources are brought into form, defaults come in, and what is left is judged. The order is upstream's
 * (k8s.io/apiextensions-apiserver pkg/apiserver/customresource_handler.go, unstructuredSchemaCoercer, and
 * pkg/registry/customresource/strategy.go). Its type, its own metadata, its scale and its rules in CEL are judged by
 * others, between and after.
 */
import type { FieldError } from '../field-path.ts'
import type { AnyObject } from '../meta.ts'
import { fillDefaults, pruneNulls } from './defaults.ts'
import { coerceEmbedded, validateEmbedded, type Coerced, type MetadataDecoder } from './embedded-resources.ts'
import { validateListTypes } from './list-types.ts'
import { pruneResource } from './prune.ts'
import type { StructuralSchema } from './structural-schema.ts'
import { withPrunedDefaults } from './surrounding-object.ts'
import { checkValue, checkValueUpdate } from './values/check-value.ts'
import { Correlation } from './values/correlation.ts'
import type { PatternCompiler } from './values/pattern.ts'

/** What the schema of a version needs from above. */
export interface SchemaTools {
  readonly decodeMetadata: MetadataDecoder
  readonly compilePattern: PatternCompiler
}

export interface ShapeOptions {
  /** `spec.preserveUnknownFields` of old definitions: nothing is pruned. */
  readonly preservesUnknown?: boolean
  /** For objects out of the store: what does not fit into embedded metadata is dropped. */
  readonly dropsInvalid?: boolean
  /** What the schema has no place for stays until it is settled: unknown fields, nulls, the form of embedded metadata. */
  readonly keepsUnfit?: boolean
}

/** A version's schema, ready for use. Immutable; made once a version and kept. */
export class CustomResourceSchema {
  /** With defaults pruned. */
  readonly schema: StructuralSchema
  readonly #tools: SchemaTools

  constructor(schema: StructuralSchema, tools: SchemaTools) {
    this.schema = withPrunedDefaults(schema, tools.decodeMetadata)
    this.#tools = tools
  }

  /**
   * Prunes and brings into form, in place; the resource's own metadata has been decoded. Answers the paths of fields
   * that went, first those of the resource and then those of embedded metadata, and what could not be brought into
   * form.
   */
  shape(
    resource: AnyObject,
    { preservesUnknown = false, dropsInvalid = false, keepsUnfit = false }: ShapeOptions = {},
  ): Coerced {
    const { schema } = this
    const prunes = !preservesUnknown && !keepsUnfit
    const pruned = prunes ? pruneResource(resource, schema) : []
    if (prunes) pruneNulls(resource, schema)
    const { decodeMetadata } = this.#tools
    const options = { decodeMetadata, dropsInvalid, keepsForm: keepsUnfit }
    const { error, unknownFields } = coerceEmbedded(resource, schema, options)
    return { error, unknownFields: [...pruned, ...unknownFields] }
  }

  /** Fills in defaults, in place. Upstream does it when it reads a request and when it reads the store. */
  fillDefaults(resource: AnyObject): void {
    fillDefaults(resource, this.schema)
  }

  /** Judges values. Of an update, what is unchanged is not judged again. */
  validateValues(next: AnyObject, previous?: AnyObject): FieldError[] {
    const { compilePattern } = this.#tools
    if (previous === undefined) return checkValue(next, this.schema, compilePattern)
    return checkValueUpdate(new Correlation(next, previous, this.schema), this.schema, compilePattern)
  }

  /** Judges the values of the status, on an update of it alone. */
  validateStatusValues(next: AnyObject, previous: AnyObject): FieldError[] {
    const schema = this.schema.properties.get('status')
    if (schema === undefined || !Object.hasOwn(next, 'status')) return []
    // None is as good as null: where there was none, null may stay. It goes before the status is stored.
    const correlation = new Correlation(next['status'], previous['status'] ?? null, schema)
    return checkValueUpdate(correlation, schema, this.#tools.compilePattern, 'status')
  }

  /** Judges embedded resources. Upstream makes no difference between creations and updates. */
  validateEmbedded(next: AnyObject): FieldError[] {
    return validateEmbedded(next, this.schema, this.#tools.decodeMetadata)
  }

  /** Judges lists of types set and map, unless the old object was wrong already. */
  validateListTypes(next: AnyObject, previous?: AnyObject): FieldError[] {
    const errors = validateListTypes(next, this.schema)
    if (errors.length === 0 || previous === undefined) return errors
    return validateListTypes(previous, this.schema).length === 0 ? errors : []
  }
}
