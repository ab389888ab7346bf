/** `openapi.v3.Document` of gnostic (google/gnostic-models openapiv3/OpenAPIv3.proto): what our documents say of it. */
import { encodeDocument, type Message, type Messages } from './document-writer.ts'

/** A thing itself, or a reference to it. */
function orReference(name: string): Message {
  return { holds: (value) => (hasReference(value) ? [2, 'Reference'] : [1, name]) }
}

function hasReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$ref' in value
}

const MESSAGES: Messages = {
  Document: {
    members: { openapi: [1, 'string'], info: [2, 'Info'], paths: [4, 'Paths'], components: [5, 'Components'] },
  },
  Info: { members: { title: [1, 'string'], version: [6, 'string'] } },
  Paths: { entries: [1, 'PathItem'] },
  PathItem: {
    members: {
      get: [4, 'Operation'], put: [5, 'Operation'], post: [6, 'Operation'], delete: [7, 'Operation'],
      options: [8, 'Operation'], head: [9, 'Operation'], patch: [10, 'Operation'],
      parameters: [13, '[]ParameterOrReference'],
    },
  },
  Operation: {
    members: {
      tags: [1, 'strings'], description: [3, 'string'], operationId: [5, 'string'],
      parameters: [6, '[]ParameterOrReference'], requestBody: [7, 'RequestBodyOrReference'],
      responses: [8, 'Responses'],
    },
    extensions: 13,
  },
  ParameterOrReference: orReference('Parameter'),
  Parameter: {
    members: {
      name: [1, 'string'], in: [2, 'string'], description: [3, 'string'], required: [4, 'bool'],
      schema: [10, 'SchemaOrReference'],
    },
  },
  RequestBodyOrReference: orReference('RequestBody'),
  RequestBody: { members: { content: [2, 'MediaTypes'], required: [3, 'bool'] } },
  MediaTypes: { entries: [1, 'MediaType'] },
  MediaType: { members: { schema: [1, 'SchemaOrReference'] } },
  Responses: { entries: [2, 'ResponseOrReference'] },
  ResponseOrReference: orReference('Response'),
  Response: { members: { description: [1, 'string'], content: [3, 'MediaTypes'] } },
  Components: { members: { schemas: [1, 'Schemas'], securitySchemes: [7, 'SecuritySchemes'] } },
  Schemas: { entries: [1, 'SchemaOrReference'] },
  SecuritySchemes: { entries: [1, 'SecuritySchemeOrReference'] },
  SecuritySchemeOrReference: orReference('SecurityScheme'),
  SecurityScheme: {
    members: { type: [1, 'string'], description: [2, 'string'], name: [3, 'string'], in: [4, 'string'] },
  },
  SchemaOrReference: orReference('Schema'),
  Schema: {
    members: {
      nullable: [1, 'bool'], externalDocs: [6, 'ExternalDocs'], example: [7, 'any'], title: [9, 'string'],
      multipleOf: [10, 'double'], maximum: [11, 'double'], exclusiveMaximum: [12, 'bool'], minimum: [13, 'double'],
      exclusiveMinimum: [14, 'bool'], maxLength: [15, 'int64'], minLength: [16, 'int64'], pattern: [17, 'string'],
      maxItems: [18, 'int64'], minItems: [19, 'int64'], uniqueItems: [20, 'bool'], maxProperties: [21, 'int64'],
      minProperties: [22, 'int64'], required: [23, 'strings'], enum: [24, 'anys'], type: [25, 'string'],
      allOf: [26, '[]SchemaOrReference'], oneOf: [27, '[]SchemaOrReference'], anyOf: [28, '[]SchemaOrReference'],
      not: [29, 'Schema'], items: [30, 'ItemsItem'], properties: [31, 'Schemas'],
      additionalProperties: [32, 'AdditionalProperties'], default: [33, 'Default'], description: [34, 'string'],
      format: [35, 'string'],
    },
    extensions: 36,
  },
  ExternalDocs: { members: { description: [1, 'string'], url: [2, 'string'] } },
  ItemsItem: { holds: () => [1, 'SchemaOrReference'] },
  AdditionalProperties: { holds: (value) => (typeof value === 'boolean' ? [2, 'bool'] : [1, 'SchemaOrReference']) },
  Default: {
    holds(value) {
      if (typeof value === 'number') return [1, 'double']
      if (typeof value === 'boolean') return [2, 'bool']
      // Lists and objects have no form there.
      return typeof value === 'string' ? [3, 'string'] : undefined
    },
  },
  Reference: { members: { $ref: [1, 'string'] } },
}

export function encodeOpenApiV3(document: object): Uint8Array<ArrayBuffer> {
  return encodeDocument(MESSAGES, document)
}
