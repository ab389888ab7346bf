/** One namespace's API, and the ways in which it is written to. */
import type { ManagedFieldsEntry } from '../../../src/apimachinery/meta.ts'
import { SteppedClock } from '../../support/stepped-clock.ts'
import { testApi, type Json, type RequestOptions } from '../../support/api.ts'

export const APPLY = 'application/apply-patch+yaml'
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'
export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

export interface Answer {
  readonly code: number
  readonly body: Json
  readonly warnings: string
}

export interface ApplyWorld {
  readonly clock: SteppedClock
  send(method: string, path: string, options?: RequestOptions): Promise<Answer>
  apply(path: string, query: string, body: unknown): Promise<Answer>
  managers(path: string): Promise<ManagedFieldsEntry[]>
}

export function applyWorld(): ApplyWorld {
  const clock = new SteppedClock(Date.parse('2026-01-01T00:00:00Z'))
  const api = testApi('default', { clock })
  const send = async (method: string, path: string, options?: RequestOptions): Promise<Answer> => {
    const response = await api.request(method, path, options)
    return { code: response.status, body: await response.json<Json>(), warnings: response.headers.get('warning') ?? '' }
  }
  return {
    clock,
    send,
    apply: (path, query, body) => send('PATCH', `${path}?${query}`, { body, headers: { 'content-type': APPLY } }),
    async managers(path) {
      const { body } = await send('GET', path)
      return (body as unknown as { metadata: { managedFields?: ManagedFieldsEntry[] } }).metadata.managedFields ?? []
    },
  }
}

/** Who owns something, and by which operation: `kubectl Update status`. */
export function namesOf(managers: readonly ManagedFieldsEntry[]): string[] {
  return managers.map(({ manager = '', operation = '', subresource }) =>
    [manager, operation, ...(subresource === undefined ? [] : [subresource])].join(' '))
}

export function configMap(data: Record<string, string>, name = 'a'): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

export function deployment(spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): unknown {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'one' }] } },
      ...spec,
    },
  }
}
