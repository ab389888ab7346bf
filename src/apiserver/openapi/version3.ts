/** OpenAPI 3.0 of one group and version (KEP-2896); upstream: k8s.io/kube-openapi pkg/builder3/openapi.go. */
import type { DocumentParts } from './documents.ts'
import { AUTHENTICATION, definitions, schemaContext } from './documents.ts'
import { referenceTo, type Descriptions, type SchemaObject } from './definitions/schemas.ts'
import { arranged, describeParameter, extensionsOf } from './paths/arranged.ts'
import { TEXT_MODEL, describeAnswer, type Operation, type Parameter, type Path } from './paths/operation.ts'

/** What upstream calls documents of definitions only, which it makes one by one. */
const CUSTOM_TITLE = { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' }

export function documentV3(parts: DocumentParts): object {
  const { paths, kinds, descriptions, title } = parts
  const isCustom = kinds.length > 0 && kinds.every(({ definition }) => definition !== undefined)
  const schemas = definitions(schemaContext(3, parts), parts)
  return {
    openapi: '3.0.0',
    info: isCustom ? CUSTOM_TITLE : title,
    paths: Object.fromEntries(paths.map((path) => [path.path, pathV3(path, descriptions)])),
    components: {
      ...(Object.keys(schemas).length === 0 ? {} : { schemas }),
      ...(isCustom
        ? {}
        : {
            securitySchemes: {
              BearerToken: { type: 'apiKey', description: AUTHENTICATION, name: 'authorization', in: 'header' },
            },
          }),
    },
  }
}

function pathV3(path: Path, descriptions: Descriptions): object {
  const { common, operations } = arranged(path)
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationV3(operation, descriptions)])),
    ...parametersV3(common, descriptions),
  }
}

function parametersV3(parameters: readonly Parameter[], descriptions: Descriptions): { parameters?: object[] } {
  if (parameters.length === 0) return {}
  return {
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      in: parameter.place,
      ...describeParameter(parameter, descriptions),
      ...(parameter.place === 'path' ? { required: true } : {}),
      schema: { type: parameter.type, uniqueItems: true },
    })),
  }
}

function contentV3(model: string, mediaTypes: readonly string[]): object {
  const schema: SchemaObject = model === TEXT_MODEL ? { type: 'string' } : referenceTo(3, model)
  return { content: Object.fromEntries(mediaTypes.toSorted().map((mediaType) => [mediaType, { schema }])) }
}

function operationV3(operation: Operation, descriptions: Descriptions): object {
  const { tag, id, description, parameters, body, consumes, produces, answers } = operation
  const responses = answers.map((answer) =>
    [answer.code, { description: describeAnswer(answer), ...contentV3(answer.model, produces) }] as const)
  return {
    tags: [tag],
    description,
    operationId: id,
    ...parametersV3(parameters, descriptions),
    ...(body === undefined
      ? {}
      : { requestBody: { ...contentV3(body.model, consumes), ...(body.isRequired ? { required: true } : {}) } }),
    responses: { ...Object.fromEntries(responses), 401: { description: 'Unauthorized' } },
    ...extensionsOf(operation, 3),
  }
}
