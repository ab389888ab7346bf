/** What schemas of custom resources need from here: what metadata is made of, and patterns that cannot run long. */
import { decodeObject } from '../../apimachinery/schema/decode.ts'
import type { SchemaTools } from '../../apimachinery/structural/custom-resource.ts'
import { schema } from '../schema.ts'
import { compilePattern } from './patterns.ts'

export const SCHEMA_TOOLS: SchemaTools = {
  compilePattern,
  decodeMetadata(value) {
    const { object: metadata, unknownFields } = decodeObject(schema, 'V1ObjectMeta', value)
    return { metadata, unknownFields }
  },
}
