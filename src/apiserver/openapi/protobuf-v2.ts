/**
 * The version 2 document in its protobuf form, `openapi.v2.Document` of gnostic, which kubectl before 1.24 reads for
 * apply, explain and dry runs. Field numbers are gnostic's (openapiv2/OpenAPIv2.proto), only those of what our document
 * says. Extensions travel as YAML text; JSON is YAML.
 */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { OpenApiV2, OperationV2, ParameterV2, PathItemV2 } from './documents.ts'
import type { SchemaObject } from './definitions/schemas.ts'

const DOCUMENT = { swagger: 1, info: 2, paths: 8, definitions: 9, security: 12, securityDefinitions: 13 } as const
const INFO = { title: 1, version: 2 } as const
/** Every map is a list of these; in Paths the list has another number. */
const NAMED = { name: 1, value: 2 } as const
const MAP_ENTRY = 1
const PATHS_ENTRY = 2
const PATH_ITEM = { get: 2, put: 3, post: 4, delete: 5, patch: 8, parameters: 9 } as const
const OPERATION = {
  tags: 1, operationId: 5, produces: 6, consumes: 7, parameters: 8, responses: 9, schemes: 10, extension: 13,
} as const
const PARAMETERS_ITEM = { parameter: 1 } as const
const PARAMETER = { body: 1, nonBody: 2 } as const
const NON_BODY = { query: 3, path: 4 } as const
const BODY_PARAMETER = { name: 2, in: 3, required: 4, schema: 5 } as const
const PATH_PARAMETER = { required: 1, in: 2, name: 4, type: 5, uniqueItems: 19 } as const
const QUERY_PARAMETER = { required: 1, in: 2, name: 4, type: 6, uniqueItems: 20 } as const
const RESPONSE_VALUE = { response: 1 } as const
const RESPONSE = { description: 1, schema: 2 } as const
const SCHEMA_ITEM = { schema: 1 } as const
const SCHEMA = {
  ref: 1, format: 2, description: 4, required: 19, additionalProperties: 21, type: 22, items: 23, properties: 25,
  extension: 31,
} as const
const ADDITIONAL_PROPERTIES = { schema: 1 } as const
const ITEMS = { schema: 1 } as const
const TYPE = { value: 1 } as const
const ANY = { yaml: 2 } as const
const SECURITY_ITEM = { apiKey: 2 } as const
const API_KEY = { type: 1, name: 2, in: 3, description: 4 } as const
const STRING_ARRAY = { value: 1 } as const

type Write = () => void

class DocumentWriter {
  readonly #out = new BinaryWriter()

  write(document: OpenApiV2): Uint8Array<ArrayBuffer> {
    this.#text(DOCUMENT.swagger, document.swagger)
    this.#message(DOCUMENT.info, () => {
      this.#text(INFO.title, document.info.title)
      this.#text(INFO.version, document.info.version)
    })
    this.#message(DOCUMENT.paths, () => {
      this.#map(PATHS_ENTRY, document.paths, (item) => { this.#pathItem(item) })
    })
    this.#message(DOCUMENT.definitions, () => {
      this.#map(MAP_ENTRY, document.definitions, (schema) => { this.#schema(schema) })
    })
    for (const requirement of document.security) {
      this.#message(DOCUMENT.security, () => {
        this.#map(MAP_ENTRY, requirement, (scopes) => { this.#texts(STRING_ARRAY.value, scopes) })
      })
    }
    this.#message(DOCUMENT.securityDefinitions, () => {
      this.#map(MAP_ENTRY, document.securityDefinitions, (scheme) => {
        this.#message(SECURITY_ITEM.apiKey, () => {
          this.#text(API_KEY.type, scheme.type)
          this.#text(API_KEY.name, scheme.name)
          this.#text(API_KEY.in, scheme.in)
          this.#text(API_KEY.description, scheme.description)
        })
      })
    })
    return this.#out.finish()
  }

  #message(field: number, write: Write): void {
    this.#out.tag(field, WireType.LengthDelimited).fork()
    write()
    this.#out.join()
  }

  #text(field: number, text: string | undefined): void {
    if (text !== undefined && text !== '') this.#out.tag(field, WireType.LengthDelimited).string(text)
  }

  #texts(field: number, texts: readonly string[]): void {
    for (const text of texts) this.#text(field, text)
  }

  #flag(field: number, flag: boolean | undefined): void {
    if (flag === true) this.#out.tag(field, WireType.Varint).bool(true)
  }

  #map<T>(field: number, entries: Readonly<Record<string, T>>, write: (value: T) => void): void {
    for (const [name, value] of Object.entries(entries)) {
      this.#message(field, () => {
        this.#text(NAMED.name, name)
        this.#message(NAMED.value, () => { write(value) })
      })
    }
  }

  #pathItem(item: PathItemV2): void {
    for (const method of ['get', 'put', 'post', 'delete', 'patch'] as const) {
      const operation = item[method]
      if (operation !== undefined) this.#message(PATH_ITEM[method], () => { this.#operation(operation) })
    }
    for (const parameter of item.parameters) this.#parameter(PATH_ITEM.parameters, parameter)
  }

  #operation(operation: OperationV2): void {
    this.#texts(OPERATION.tags, operation.tags)
    this.#text(OPERATION.operationId, operation.operationId)
    this.#texts(OPERATION.produces, operation.produces)
    this.#texts(OPERATION.consumes, operation.consumes)
    for (const parameter of operation.parameters ?? []) this.#parameter(OPERATION.parameters, parameter)
    this.#message(OPERATION.responses, () => {
      this.#map(MAP_ENTRY, operation.responses, (response) => {
        this.#message(RESPONSE_VALUE.response, () => {
          this.#text(RESPONSE.description, response.description)
          const { schema } = response
          if (schema === undefined) return
          this.#message(RESPONSE.schema, () => { this.#message(SCHEMA_ITEM.schema, () => { this.#schema(schema) }) })
        })
      })
    })
    this.#texts(OPERATION.schemes, operation.schemes)
    this.#extensions(OPERATION.extension, operation)
  }

  #parameter(field: number, parameter: ParameterV2): void {
    this.#message(field, () => {
      this.#message(PARAMETERS_ITEM.parameter, () => {
        if (parameter.in === 'body') this.#message(PARAMETER.body, () => { this.#bodyParameter(parameter) })
        else this.#message(PARAMETER.nonBody, () => { this.#nonBodyParameter(parameter) })
      })
    })
  }

  #bodyParameter({ name, required, schema }: ParameterV2): void {
    this.#text(BODY_PARAMETER.name, name)
    this.#text(BODY_PARAMETER.in, 'body')
    this.#flag(BODY_PARAMETER.required, required)
    if (schema !== undefined) this.#message(BODY_PARAMETER.schema, () => { this.#schema(schema) })
  }

  #nonBodyParameter(parameter: ParameterV2): void {
    const isPath = parameter.in === 'path'
    const fields = isPath ? PATH_PARAMETER : QUERY_PARAMETER
    this.#message(isPath ? NON_BODY.path : NON_BODY.query, () => {
      this.#flag(fields.required, parameter.required)
      this.#text(fields.in, parameter.in)
      this.#text(fields.name, parameter.name)
      this.#text(fields.type, parameter.type)
      this.#flag(fields.uniqueItems, parameter.uniqueItems)
    })
  }

  #schema(schema: SchemaObject): void {
    const { items, additionalProperties, properties, type } = schema
    this.#text(SCHEMA.ref, schema.$ref)
    this.#text(SCHEMA.format, schema.format)
    this.#text(SCHEMA.description, schema.description)
    this.#texts(SCHEMA.required, schema.required ?? [])
    if (additionalProperties !== undefined) {
      this.#message(SCHEMA.additionalProperties, () => {
        this.#message(ADDITIONAL_PROPERTIES.schema, () => { this.#schema(additionalProperties) })
      })
    }
    if (type !== undefined) this.#message(SCHEMA.type, () => { this.#text(TYPE.value, type) })
    if (items !== undefined) {
      this.#message(SCHEMA.items, () => { this.#message(ITEMS.schema, () => { this.#schema(items) }) })
    }
    if (properties !== undefined) {
      this.#message(SCHEMA.properties, () => {
        this.#map(MAP_ENTRY, properties, (property) => { this.#schema(property) })
      })
    }
    this.#extensions(SCHEMA.extension, schema)
  }

  #extensions(field: number, holder: object): void {
    for (const [name, value] of Object.entries(holder)) {
      if (!name.startsWith('x-')) continue
      this.#message(field, () => {
        this.#text(NAMED.name, name)
        this.#message(NAMED.value, () => { this.#text(ANY.yaml, `${JSON.stringify(value)}\n`) })
      })
    }
  }
}

export function encodeOpenApiV2(document: OpenApiV2): Uint8Array<ArrayBuffer> {
  return new DocumentWriter().write(document)
}
