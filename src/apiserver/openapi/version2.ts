/** Swagger 2.0 of all kinds at once; upstream: k8s.io/kube-openapi pkg/builder/openapi.go. */
import type { DocumentParts } from './documents.ts'
import { AUTHENTICATION, definitions, schemaContext } from './documents.ts'
import { definitionName } from './definitions/definition-names.ts'
import { referenceTo, type Descriptions, type SchemaObject } from './definitions/schemas.ts'
import { arranged, describeParameter, extensionsOf } from './paths/arranged.ts'
import { TEXT_MODEL, describeAnswer, type Operation, type Parameter, type Path } from './paths/operation.ts'
import { SharedParameters } from './shared-parameters.ts'

/** In the order in which upstream prints it: names of shared ones are made of that text. */
export interface ParameterV2 {
  uniqueItems?: boolean
  type?: string
  description?: string
  name: string
  in: 'path' | 'query' | 'body'
  required?: boolean
  schema?: SchemaObject
}

export type ParameterOrReference = ParameterV2 | { $ref: string }

export interface OperationV2 {
  description: string
  consumes?: readonly string[]
  produces: readonly string[]
  schemes: readonly string[]
  tags: readonly string[]
  operationId: string
  parameters?: ParameterOrReference[]
  responses: Record<string, { description: string; schema?: SchemaObject }>
  [extension: `x-kubernetes-${string}`]: unknown
}

export type PathItemV2 = Partial<Record<Operation['method'], OperationV2>> & { parameters?: ParameterOrReference[] }

export interface OpenApiV2 {
  swagger: '2.0'
  info: { title: string; version: string }
  paths: Record<string, PathItemV2>
  definitions: Record<string, SchemaObject>
  parameters: Record<string, ParameterV2>
  securityDefinitions: Record<string, { description: string; type: string; name: string; in: string }>
  security: Record<string, string[]>[]
}

export function documentV2(parts: DocumentParts): OpenApiV2 {
  const { paths, descriptions, title } = parts
  const writer = new PathWriter(descriptions)
  return {
    swagger: '2.0',
    info: title,
    paths: Object.fromEntries(paths.map((path) => [path.path, writer.path(path)])),
    definitions: definitions(schemaContext(2, parts), parts),
    parameters: writer.shared.all(),
    securityDefinitions: {
      BearerToken: { description: AUTHENTICATION, type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  }
}

class PathWriter {
  readonly shared = new SharedParameters()
  readonly #descriptions: Descriptions

  constructor(descriptions: Descriptions) {
    this.#descriptions = descriptions
  }

  path(path: Path): PathItemV2 {
    const { common, operations } = arranged(path)
    const item: PathItemV2 = {}
    for (const operation of operations) item[operation.method] = this.#operation(operation)
    if (common.length > 0) item.parameters = common.map((parameter) => this.#parameter(parameter))
    return item
  }

  #operation(operation: Operation): OperationV2 {
    const { id, tag, description, consumes, produces, answers } = operation
    const parameters = this.#parameters(operation)
    const responses = answers.map((answer) =>
      [answer.code, { description: describeAnswer(answer), schema: schemaOf(answer.model) }] as const)
    return {
      description,
      ...(consumes.length === 0 ? {} : { consumes }),
      produces,
      schemes: ['https'],
      tags: [tag],
      operationId: id,
      ...(parameters.length === 0 ? {} : { parameters }),
      responses: { ...Object.fromEntries(responses), 401: { description: 'Unauthorized' } },
      ...extensionsOf(operation, 2),
    }
  }

  /** A body is one of the parameters, in the order of names as they are. */
  #parameters({ parameters, body }: Operation): ParameterOrReference[] {
    const written = parameters.map((parameter) => this.#parameter(parameter))
    if (body === undefined) return written
    const at = parameters.findIndex(({ name }) => name > 'body')
    const schema = schemaOf(body.model)
    const required = body.isRequired ? { required: true } : {}
    const parameter: ParameterV2 = { name: 'body', in: 'body', ...required, schema }
    // Bodies of kinds are of one place each.
    const isOfAll = definitionName(body.model).startsWith('io.k8s.apimachinery')
    written.splice(at < 0 ? written.length : at, 0, isOfAll ? this.shared.refer(parameter) : parameter)
    return written
  }

  #parameter(parameter: Parameter): ParameterOrReference {
    const { name, place, type } = parameter
    const written: ParameterV2 = {
      uniqueItems: true,
      type,
      ...describeParameter(parameter, this.#descriptions),
      name,
      in: place,
      ...(place === 'path' ? { required: true } : {}),
    }
    return SharedParameters.isOwn(name) ? written : this.shared.refer(written)
  }
}

function schemaOf(model: string): SchemaObject {
  return model === TEXT_MODEL ? { type: 'string' } : referenceTo(2, model)
}
