/**
 * `openapi.v2.Document` of gnostic (google/gnostic-models openapiv2/OpenAPIv2.proto): what our document says of it.
 * kubectl before 1.24 reads it for apply, explain and dry runs.
 */
import { encodeDocument, type Messages, type Numbered } from './document-writer.ts'

function member(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[name]
}

const SCHEMA: Numbered = [1, 'Schema']

const MESSAGES: Messages = {
  Document: {
    members: {
      swagger: [1, 'string'], info: [2, 'Info'], paths: [8, 'Paths'], definitions: [9, 'Schemas'],
      parameters: [10, 'Parameters'], security: [12, '[]SecurityRequirement'],
      securityDefinitions: [13, 'SecurityDefinitions'],
    },
  },
  Info: { members: { title: [1, 'string'], version: [2, 'string'] } },
  Paths: { entries: [2, 'PathItem'] },
  PathItem: {
    members: {
      get: [2, 'Operation'], put: [3, 'Operation'], post: [4, 'Operation'], delete: [5, 'Operation'],
      options: [6, 'Operation'], head: [7, 'Operation'], patch: [8, 'Operation'], parameters: [9, '[]ParametersItem'],
    },
  },
  Operation: {
    members: {
      tags: [1, 'strings'], description: [3, 'string'], operationId: [5, 'string'], produces: [6, 'strings'],
      consumes: [7, 'strings'], parameters: [8, '[]ParametersItem'], responses: [9, 'Responses'],
      schemes: [10, 'strings'],
    },
    extensions: 13,
  },
  Parameters: { entries: [1, 'Parameter'] },
  ParametersItem: {
    holds: (value) => (member(value, '$ref') === undefined ? [1, 'Parameter'] : [2, 'Reference']),
  },
  Parameter: { holds: (value) => (member(value, 'in') === 'body' ? [1, 'Body'] : [2, 'NonBody']) },
  Body: {
    members: {
      description: [1, 'string'], name: [2, 'string'], in: [3, 'string'], required: [4, 'bool'], schema: [5, 'Schema'],
    },
  },
  NonBody: { holds: (value) => (member(value, 'in') === 'path' ? [4, 'PathParameter'] : [3, 'QueryParameter']) },
  PathParameter: {
    members: {
      required: [1, 'bool'], in: [2, 'string'], description: [3, 'string'], name: [4, 'string'], type: [5, 'string'],
      uniqueItems: [19, 'bool'],
    },
  },
  QueryParameter: {
    members: {
      required: [1, 'bool'], in: [2, 'string'], description: [3, 'string'], name: [4, 'string'], type: [6, 'string'],
      uniqueItems: [20, 'bool'],
    },
  },
  Reference: { members: { $ref: [1, 'string'] } },
  Responses: { entries: [1, 'ResponseValue'] },
  ResponseValue: { holds: () => [1, 'Response'] },
  Response: { members: { description: [1, 'string'], schema: [2, 'SchemaItem'] } },
  SchemaItem: { holds: () => SCHEMA },
  Schemas: { entries: SCHEMA },
  Schema: {
    members: {
      $ref: [1, 'string'], format: [2, 'string'], title: [3, 'string'], description: [4, 'string'],
      default: [5, 'any'], multipleOf: [6, 'double'], maximum: [7, 'double'], exclusiveMaximum: [8, 'bool'],
      minimum: [9, 'double'], exclusiveMinimum: [10, 'bool'], maxLength: [11, 'int64'], minLength: [12, 'int64'],
      pattern: [13, 'string'], maxItems: [14, 'int64'], minItems: [15, 'int64'], uniqueItems: [16, 'bool'],
      maxProperties: [17, 'int64'], minProperties: [18, 'int64'], required: [19, 'strings'], enum: [20, 'anys'],
      additionalProperties: [21, 'AdditionalProperties'], type: [22, 'Type'], items: [23, 'Items'],
      properties: [25, 'Schemas'], externalDocs: [29, 'ExternalDocs'], example: [30, 'any'],
    },
    extensions: 31,
  },
  AdditionalProperties: { holds: (value) => (typeof value === 'boolean' ? [2, 'bool'] : SCHEMA) },
  Type: { holds: () => [1, 'string'] },
  Items: { holds: () => SCHEMA },
  ExternalDocs: { members: { description: [1, 'string'], url: [2, 'string'] } },
  SecurityDefinitions: { entries: [1, 'SecurityDefinition'] },
  SecurityDefinition: { holds: () => [2, 'ApiKey'] },
  ApiKey: { members: { type: [1, 'string'], name: [2, 'string'], in: [3, 'string'], description: [4, 'string'] } },
  SecurityRequirement: { entries: [1, 'Texts'] },
  Texts: { holds: () => [1, 'strings'] },
}

export function encodeOpenApiV2(document: object): Uint8Array<ArrayBuffer> {
  return encodeDocument(MESSAGES, document)
}
