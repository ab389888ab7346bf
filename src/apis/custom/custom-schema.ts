/**
 * What a definition's schema does to a custom resource, behind one small interface: the structural machinery
 * (apimachinery/structural) compiled for one version, with what it needs from elsewhere: the type of metadata, and
 * regular expressions that cannot hang.
 */
import type { FieldError, FieldErrorReason } from '../../apimachinery/field-path.ts'
import { formatFieldError, invalid } from '../../apimachinery/field-path.ts'
import type { MergeNode } from '../../apimachinery/apply/merge-schema.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { cloneJson, equalJson } from '../../apimachinery/patch/json-value.ts'
import { CustomResourceSchema } from '../../apimachinery/structural/custom-resource.ts'
import { mergeSchemaOf } from '../../apimachinery/structural/merge-view.ts'
import { compileStructural } from '../../apimachinery/structural/structural-schema.ts'
import type { DecodeOptions } from '../define-kind.ts'
import type { V1JSONSchemaProps } from '../generated/types.ts'
import { mergeNodeOf } from '../merge-schema.ts'
import { loadedRules } from '../apiextensions/rules/load-rules.ts'
import { SCHEMA_TOOLS } from '../apiextensions/schema-tools.ts'

interface ShapeOptions extends DecodeOptions {
  /** The object's own metadata was brought into another form than it had. */
  readonly isMetadataChanged?: boolean
}

export interface CustomSchema {
  /** Removes what the schema does not know; answers its paths. Mutates. Throws Error for malformed metadata inside. */
  shape(subject: AnyObject, options?: ShapeOptions): readonly string[]
  /** The same for what was stored under another schema: what does not fit goes. Mutates. */
  reshape(subject: AnyObject): void
  /** Removes what `shape` was to keep though the schema has no place for it. True: something had another form. Mutates. */
  settle(subject: AnyObject): boolean
  /** Mutates. */
  applyDefaults(subject: AnyObject): void
  /** Errors in values. Of an update, what was wrong before and was not touched is let be. */
  validateValues(next: AnyObject, previous: AnyObject | undefined): FieldError[]
  /** The same for an update of the status alone. */
  validateStatus(next: AnyObject, previous: AnyObject): FieldError[]
  /** Errors in embedded resources, and in lists that are sets or maps. */
  validateShape(next: AnyObject, previous: AnyObject | undefined, isStatus: boolean): FieldError[]
  /** Errors by the schema's rules; none but a word about it when what `errors` tell leaves them nothing to judge. */
  validateRules(next: AnyObject, previous: AnyObject | undefined, errors: readonly FieldError[]): FieldError[]
  /** How objects merge in server-side apply. */
  readonly mergeNode: MergeNode
  /** What the rules had against unchanged parts of the object that was judged last. */
  ruleWarnings(next: AnyObject): readonly string[]
}

/** `isPreserving`: the definition's deprecated `preserveUnknownFields`: nothing is pruned. */
export type CompileSchema = (
  schema: V1JSONSchemaProps | undefined,
  options: { readonly isPreserving: boolean },
) => CustomSchema

export const compileSchema: CompileSchema = (source, { isPreserving: preservesUnknown }) => {
  const structural = compileStructural(source ?? {})
  const schema = new CustomResourceSchema(structural, SCHEMA_TOOLS)
  // Nothing is known of the fields of a version without a schema, so nothing is unknown either.
  const options = { preservesUnknown: preservesUnknown || source === undefined }
  const warnings = new WeakMap<AnyObject, readonly string[]>()
  const unsettled = new WeakMap<AnyObject, { readonly isMetadataChanged: boolean }>()
  const mergeNode = mergeSchemaOf(schema.schema, mergeNodeOf('V1ObjectMeta'), options.preservesUnknown)
  return {
    mergeNode,
    shape(subject, { keepsUnfit = false, isMetadataChanged = false } = {}) {
      const { error, unknownFields } = schema.shape(subject, { ...options, keepsUnfit })
      // What an apply makes is judged, not read: embedded metadata that are none are told with all else.
      if (error !== undefined && !keepsUnfit) throw new Error(formatFieldError(error))
      if (keepsUnfit) unsettled.set(subject, { isMetadataChanged })
      return unknownFields
    },
    reshape: (subject) => void schema.shape(subject, { ...options, dropsInvalid: true }),
    settle(subject) {
      const given = unsettled.get(subject)
      if (given === undefined) return false
      unsettled.delete(subject)
      const before = cloneJson(subject)
      // What is wrong in it was not asked of this write, and is left out by whoever reads it.
      schema.shape(subject, { ...options, dropsInvalid: true })
      return given.isMetadataChanged || !equalJson(subject, before)
    },
    applyDefaults: (subject) => schema.fillDefaults(subject),
    validateValues: (next, previous) => schema.validateValues(next, previous),
    validateStatus: (next, previous) => schema.validateStatusValues(next, previous),
    validateShape: (next, previous, isStatus) => [
      ...(isStatus ? [] : schema.validateEmbedded(next)),
      ...schema.validateListTypes(next, previous),
    ],
    validateRules(next, previous, errors) {
      if (!schema.schema.reach.rules) return []
      if (errors.some(({ reason }) => BLOCKING.has(reason))) return [UNCHECKED]
      const ratchets = previous !== undefined
      const found = loadedRules().validate(next, schema.schema, { isResource: true, old: previous, ratchets })
      if (found.warnings.length > 0) warnings.set(next, found.warnings)
      return found.errors
    },
    ruleWarnings: (next) => warnings.get(next) ?? [],
  }
}

/** Errors after which rules would judge what they cannot read. */
const BLOCKING: ReadonlySet<FieldErrorReason> = new Set([
  'FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid',
] as const)

const UNCHECKED = invalid(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
)
