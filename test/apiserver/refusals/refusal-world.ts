/**
 * A table of requests that must be refused: each row is sent through the whole API of one namespace in this process,
 * its Status compared with what Kubernetes answers, and the store looked at afterwards: nothing may have been written.
 */
import { expect, it } from 'vitest'
import type { Json, RequestOptions, TestApi } from '../../support/api.ts'

export const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
export const PODS = '/api/v1/namespaces/team/pods'
export const LEASES = '/apis/coordination.k8s.io/v1/namespaces/team/leases'

export const JSON_PATCH = { 'content-type': 'application/json-patch+json' }
export const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' }
export const STRATEGIC_PATCH = { 'content-type': 'application/strategic-merge-patch+json' }
export const YAML = { 'content-type': 'application/yaml' }

export interface Refusal {
  /** Completes "refuses …". */
  readonly what: string
  /** `GET /path?query` */
  readonly request: string
  readonly options?: RequestOptions
  readonly code: number
  /** Undefined: the Status has none, as for upstream's unclassified errors. */
  readonly reason: string | undefined
  readonly message: string
  readonly details?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export const configMap = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...more,
})

export const lease = (name: string, metadata: object = {}): object => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, ...metadata },
  spec: {},
})

/** One cause of a 422, and the details around it. */
export const invalidDetails = (
  about: { readonly group?: string; readonly kind?: string; readonly name?: string },
  ...causes: readonly (readonly [reason: string, field: string, message: string])[]
): unknown => ({
  ...about,
  causes: causes.map(([reason, field, message]) => ({ reason: `FieldValue${reason}`, message, field })),
})

/** Everything that is stored, and how far its log has come. */
function contentOf({ scope: { store } }: TestApi): unknown {
  const resources = ['configmaps', 'pods', 'leases.coordination.k8s.io', 'deployments.apps', 'services']
  const objects = resources.map((resource) => store.list({ resource, limit: 1_000 }).objects)
  return { revision: store.revision, objects }
}

/** A test for each row. `apiOf` gives the API with everything that the rows lean on. */
export function refuses(apiOf: () => Promise<TestApi>, rows: readonly Refusal[]): void {
  it.each(rows)('refuses $what', async ({ request, options, code, reason, message, details, headers = {} }) => {
    const api = await apiOf()
    const before = contentOf(api)
    const [method = '', path = ''] = request.split(' ')
    const response = await api.request(method, path, options)
    const status: Json = await response.json()
    expect(status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    })
    expect(response.status).toBe(code)
    for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value)
    expect(contentOf(api)).toEqual(before)
  })
}
