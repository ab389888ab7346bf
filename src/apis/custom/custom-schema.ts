/**
 * What a definition's schema does to a custom resource, behind one small interface: the structural machinery
 * (apimachinery/structural) compiled for one version, with what it needs from elsewhere: the type of metadata, and
 * regular expressions that cannot hang.
 */
import type { FieldError } from '../../apimachinery/field-path.ts'
import { formatFieldError } from '../../apimachinery/field-path.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { decodeObject } from '../../apimachinery/schema/decode.ts'
import { CustomResourceSchema } from '../../apimachinery/structural/custom-resource.ts'
import type { SchemaTools } from '../../apimachinery/structural/custom-resource.ts'
import { compileStructural } from '../../apimachinery/structural/structural-schema.ts'
import type { V1JSONSchemaProps } from '../generated/types.ts'
import { schema as builtInSchema } from '../schema.ts'

export interface CustomSchema {
  /** Removes what the schema does not know; answers its paths. Mutates. Throws Error for malformed metadata inside. */
  shape(subject: AnyObject): readonly string[]
  /** The same for what was stored under another schema: what does not fit goes. Mutates. */
  reshape(subject: AnyObject): void
  /** Mutates. */
  applyDefaults(subject: AnyObject): void
  /** Errors in values. Of an update, what was wrong before and was not touched is let be. */
  validateValues(next: AnyObject, previous: AnyObject | undefined): FieldError[]
  /** The same for an update of the status alone. */
  validateStatus(next: AnyObject, previous: AnyObject): FieldError[]
  /** Errors in embedded resources, and in lists that are sets or maps. */
  validateShape(next: AnyObject, previous: AnyObject | undefined, isStatus: boolean): FieldError[]
}

/** `isPreserving`: the definition's deprecated `preserveUnknownFields`: nothing is pruned. */
export type CompileSchema = (
  schema: V1JSONSchemaProps | undefined,
  options: { readonly isPreserving: boolean },
) => CustomSchema

export function schemaCompiler(compilePattern: SchemaTools['compilePattern']): CompileSchema {
  const tools: SchemaTools = { decodeMetadata, compilePattern }
  return (source, { isPreserving: preservesUnknown }) => {
    const structural = compileStructural(source ?? {})
    const schema = new CustomResourceSchema(structural, tools)
    // Nothing is known of the fields of a version without a schema, so nothing is unknown either.
    const options = { preservesUnknown: preservesUnknown || source === undefined }
    return {
      shape(subject) {
        const { error, unknownFields } = schema.shape(subject, options)
        if (error !== undefined) throw new Error(formatFieldError(error))
        return unknownFields
      },
      reshape: (subject) => void schema.shape(subject, { ...options, dropsInvalid: true }),
      applyDefaults: (subject) => schema.fillDefaults(subject),
      validateValues: (next, previous) => schema.validateValues(next, previous),
      validateStatus: (next, previous) => schema.validateStatusValues(next, previous),
      validateShape: (next, previous, isStatus) => [
        ...(isStatus ? [] : schema.validateEmbedded(next)),
        ...schema.validateListTypes(next, previous),
      ],
    }
  }
}

function decodeMetadata(value: unknown): ReturnType<SchemaTools['decodeMetadata']> {
  const { object: metadata, unknownFields } = decodeObject(builtInSchema, 'V1ObjectMeta', value)
  return { metadata, unknownFields }
}
