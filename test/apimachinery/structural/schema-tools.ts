/** What schemas need from above, in its smallest form: patterns by JavaScript's engine, metadata by the real schema. */
import type { SchemaTools } from '../../../src/apimachinery/structural/custom-resource.ts'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { schema } from '../../../src/apis/schema.ts'

export const TOOLS: SchemaTools = {
  compilePattern: (pattern) => {
    const expression = new RegExp(pattern, 'u')
    return (text) => expression.test(text)
  },
  decodeMetadata: (value) => {
    const { object, unknownFields } = decodeObject(schema, 'V1ObjectMeta', value)
    return { metadata: object, unknownFields }
  },
}
