/**
 * The two OpenAPI documents as plain values: version 2 for all kinds at once, version 3 for one group and version
 * (KEP-2896). Built when asked for and not kept: they are megabytes.
 */
import type { GroupVersionKind } from '../../apimachinery/meta.ts'
import type { Schema } from '../../apimachinery/schema/schema.ts'
import type { DocumentedKind } from '../../apis/custom/listed-kind.ts'
import { PATCH_MEDIA_TYPES } from '../writing/patch-types.ts'
import { customDefinition, type CustomModel } from './definitions/custom-schemas.ts'
import { definitionName } from './definitions/definition-names.ts'
import { PATCH_BODY, listModel, pathsOf, type Operation, type Parameter, type Path } from './operations.ts'
import { PATCH_LEAF } from './definitions/leaves.ts'
import {
  definitionsOf, referenceTo, type Descriptions, type SchemaContext, type SchemaObject,
} from './definitions/schemas.ts'

export interface DocumentParts {
  readonly kinds: readonly DocumentedKind[]
  readonly schema: Schema
  readonly descriptions: Descriptions
  /** What the definition of a custom resource says of this kind. */
  readonly customModel: (kind: DocumentedKind) => CustomModel
  /** `v1.36.0+…`. */
  readonly title: { readonly title: 'Kubernetes'; readonly version: string }
}

const STATUS = 'V1Status'
const AUTHENTICATION = 'Bearer Token authentication'
const WRITE_MEDIA_TYPES: readonly string[] = ['application/json', 'application/yaml']

/** Type → the kinds that it is; lists and Status with them. */
function kindsOf(kinds: readonly DocumentedKind[]): Map<string, GroupVersionKind[]> {
  const found = new Map<string, GroupVersionKind[]>([[STATUS, [{ group: '', version: 'v1', kind: 'Status' }]]])
  for (const definition of kinds) {
    const { group, version } = definition
    found.set(definition.type, [{ group, version, kind: definition.kind }])
    found.set(listModel(definition), [{ group, version, kind: definition.listKind }])
  }
  for (const { kind, answer, body } of kinds.flatMap(pathsOf).flatMap(({ operations }) => operations)) {
    for (const model of [answer, body]) {
      if (model?.endsWith(kind.kind) === true && !found.has(model)) found.set(model, [kind])
    }
  }
  return found
}

/** Every model that the paths name, with definitions for the lists that no model describes. */
function definitions(
  context: SchemaContext,
  { kinds, customModel }: Pick<DocumentParts, 'kinds' | 'customModel'>,
  paths: readonly Path[],
): Record<string, SchemaObject> {
  const named = paths.flatMap(({ operations }) => operations.flatMap(({ body, answer }) => [body, answer]))
  const models = named.filter((model) => model !== undefined && context.schema.hasType(model)) as string[]
  const [custom, builtIn] = [
    kinds.filter(({ definition }) => definition !== undefined),
    kinds.filter(({ definition }) => definition === undefined),
  ]
  const meta = custom.length === 0 ? [] : ['V1ObjectMeta', 'V1ListMeta']
  const found = definitionsOf(context, [...models, ...builtIn.map(({ type }) => type), ...meta, STATUS])
  for (const kind of custom) found[kind.type] = customDefinition(context, kind.type, customModel(kind))
  for (const definition of kinds) {
    const list = listModel(definition)
    if (!named.includes(list) || context.schema.hasType(list)) continue
    found[definitionName(list)] = listSchema(context, definition)
  }
  if (named.includes(PATCH_BODY)) found[PATCH_LEAF.name] = PATCH_LEAF.schema
  return found
}

function listSchema({ version, kindsOf: kinds }: SchemaContext, definition: DocumentedKind): SchemaObject {
  return {
    properties: {
      apiVersion: { type: 'string' },
      items: { type: 'array', items: referenceTo(version, definition.type) },
      kind: { type: 'string' },
      metadata: referenceTo(version, 'V1ListMeta'),
    },
    required: ['items'],
    type: 'object',
    'x-kubernetes-group-version-kind': kinds.get(listModel(definition)),
  }
}

/** Strategic merge needs merge keys, which definitions do not have. */
function patchMediaTypes({ isCustom }: Operation): readonly string[] {
  const { json, merge, strategic } = PATCH_MEDIA_TYPES
  return isCustom ? [json, merge] : [json, merge, strategic]
}

/** An operation's extensions, which both versions write alike. */
function extensionsOf({ action, kind }: Operation): object {
  return { 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': kind }
}

const PRETTY: Parameter = { name: 'pretty', type: 'string' }

/** Swagger 2.0. */
export function documentV2(parts: DocumentParts): OpenApiV2 {
  const { kinds, schema, descriptions, title } = parts
  const context: SchemaContext = { version: 2, schema, descriptions, kindsOf: kindsOf(kinds) }
  const paths = kinds.flatMap(pathsOf)
  return {
    swagger: '2.0',
    info: title,
    paths: Object.fromEntries(paths.map((path) => [path.path, pathV2(path)])),
    definitions: definitions(context, parts, paths),
    securityDefinitions: {
      BearerToken: { description: AUTHENTICATION, type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  }
}

export interface ParameterV2 {
  name: string
  in: 'path' | 'query' | 'body'
  type?: string
  required?: boolean
  uniqueItems?: boolean
  schema?: SchemaObject
}

export interface OperationV2 {
  consumes: readonly string[]
  produces: readonly string[]
  schemes: readonly string[]
  tags: readonly string[]
  operationId: string
  parameters?: ParameterV2[]
  responses: Record<string, { description: string; schema?: SchemaObject }>
  [extension: `x-kubernetes-${string}`]: unknown
}

export type PathItemV2 = Partial<Record<Operation['method'], OperationV2>> & { parameters: ParameterV2[] }

export interface OpenApiV2 {
  swagger: '2.0'
  info: { title: string; version: string }
  paths: Record<string, PathItemV2>
  definitions: Record<string, SchemaObject>
  securityDefinitions: Record<string, { description: string; type: string; name: string; in: string }>
  security: Record<string, string[]>[]
}

function pathV2({ placeholders, operations }: Path): PathItemV2 {
  const parameters: ParameterV2[] = [
    ...placeholders.map((name) => ({ name, in: 'path' as const, type: 'string', required: true, uniqueItems: true })),
    { name: PRETTY.name, in: 'query', type: PRETTY.type, uniqueItems: true },
  ]
  const item: PathItemV2 = { parameters }
  for (const operation of operations) item[operation.method] = operationV2(operation)
  return item
}

function operationV2(operation: Operation): OperationV2 {
  const { method, body, answer, parameters, id, tag } = operation
  const query = parameters.map(({ name, type }) => ({ name, in: 'query' as const, type, uniqueItems: true }))
  const own: ParameterV2[] = body === undefined
    ? query
    : [{ name: 'body', in: 'body', required: method !== 'delete', schema: referenceTo(2, body) }, ...query]
  return {
    consumes: method === 'patch' ? patchMediaTypes(operation) : ['*/*'],
    produces: answer === undefined ? ['*/*'] : WRITE_MEDIA_TYPES,
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    ...(own.length === 0 ? {} : { parameters: own }),
    responses: {
      200: { description: 'OK', ...(answer === undefined ? {} : { schema: referenceTo(2, answer) }) },
      401: { description: 'Unauthorized' },
    },
    ...extensionsOf(operation),
  }
}

/** OpenAPI 3.0 of the kinds given, which share a group and version. */
export function documentV3(parts: DocumentParts): object {
  const { kinds, schema, descriptions, title } = parts
  const context: SchemaContext = { version: 3, schema, descriptions, kindsOf: kindsOf(kinds) }
  const paths = kinds.flatMap(pathsOf)
  return {
    openapi: '3.0.0',
    info: title,
    paths: Object.fromEntries(paths.map((path) => [path.path, pathV3(path)])),
    components: {
      schemas: definitions(context, parts, paths),
      securitySchemes: {
        BearerToken: { type: 'apiKey', description: AUTHENTICATION, name: 'authorization', in: 'header' },
      },
    },
  }
}

function parameterV3(place: 'path' | 'query', { name, type }: Parameter): object {
  return { name, in: place, ...(place === 'path' ? { required: true } : {}), schema: { type, uniqueItems: true } }
}

function pathV3({ placeholders, operations }: Path): object {
  return {
    parameters: [
      ...placeholders.map((name) => parameterV3('path', { name, type: 'string' })), parameterV3('query', PRETTY),
    ],
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationV3(operation)])),
  }
}

function contentV3(model: string, mediaTypes: readonly string[]): object {
  const content = { schema: referenceTo(3, model) }
  return { content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, content])) }
}

function operationV3(operation: Operation): object {
  const { method, body, answer, parameters, id, tag } = operation
  return {
    tags: [tag],
    operationId: id,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map((parameter) => parameterV3('query', parameter)) }),
    ...(body === undefined
      ? {}
      : { requestBody: contentV3(body, method === 'patch' ? patchMediaTypes(operation) : ['*/*']) }),
    responses: {
      200: { description: 'OK', ...(answer === undefined ? {} : contentV3(answer, WRITE_MEDIA_TYPES)) },
      401: { description: 'Unauthorized' },
    },
    ...extensionsOf(operation),
  }
}
