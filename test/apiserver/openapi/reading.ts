/** The documents of all built-in kinds, with two texts. */
import { KINDS } from '../../../src/apis/kinds.ts'
import type { SchemaObject } from '../../../src/apiserver/openapi/definitions/schemas.ts'
import { createOpenApi, type OpenApi, type OpenApiDocument } from '../../../src/apiserver/openapi/openapi.ts'
import type { OpenApiV2 } from '../../../src/apiserver/openapi/version2.ts'

export const build = { version: '0.1.0', commit: 'abc', date: '2026-11-24T00:00:00Z' }

const descriptions = {
  V1Pod: { '': "A pod's text.", spec: 'What is wanted.' },
  ListOptions: { limit: 'How many.' },
}

export const openApi = createOpenApi({
  kinds: KINDS, build, isIssuer: true, descriptions: () => Promise.resolve(descriptions),
})

interface Operation {
  operationId: string
  parameters?: { name: string; in: string; description?: string; schema?: object }[]
  requestBody?: { required?: boolean; content: Record<string, { schema: SchemaObject }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: SchemaObject }> }>
  [member: string]: unknown
}

export interface OpenApiV3 {
  info: { title: string; version: string }
  paths: Record<string, Record<'get' | 'put' | 'post' | 'delete' | 'patch' | 'head' | 'options', Operation> & Operation>
  components: { schemas: Record<string, SchemaObject> }
}

/** What is there, in a form that is accepted. */
export function ask(path: string, accept: string | null = null, of: OpenApi = openApi): OpenApiDocument {
  const document = of.document(path, accept)
  if (document === undefined || document === 'not acceptable') throw new Error(`${path}: ${String(document)}`)
  return document
}

export async function read<T>(path: string, of: OpenApi = openApi): Promise<T> {
  return JSON.parse(String(await ask(path, 'application/json', of).body())) as T
}

export const readV2 = () => read<OpenApiV2>('/openapi/v2')
