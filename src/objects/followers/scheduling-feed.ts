/**
 * What of a scope's log the scheduler hears: pods that appear, are bound, end or go, and nodes. Pure over the store.
 */
import { parseWithoutManagedFields, withoutManagedFields } from '../../registry/object-text.ts'
import type { Change, StoreReader } from '../../store/object-store.ts'
import type { SchedulingChange, SchedulingState } from './scheduler-inbox.ts'

const ENDED: ReadonlySet<string> = new Set(['Succeeded', 'Failed'])

/** Most changes of a pod are its status, which no scheduling decision looks at. */
export function concernsScheduler({ resource, type, selectable, previousSelectable }: Change): boolean {
  if (resource === 'nodes' || type !== 'MODIFIED') return true
  const now = selectable.fields
  const before = previousSelectable?.fields ?? {}
  if ((now['spec.nodeName'] ?? '') === '') return true
  if (now['spec.nodeName'] !== before['spec.nodeName']) return true
  return ENDED.has(now['status.phase'] ?? '') && now['status.phase'] !== before['status.phase']
}

export function schedulingChanges(changes: readonly Change[]): SchedulingChange[] {
  return changes.map(({ resource, name, type, text, revision }) => {
    const kind = resource === 'nodes' ? 'node' : 'pod'
    if (type === 'DELETED') {
      return { kind, name, uid: parseWithoutManagedFields(text).metadata.uid ?? '', text: null, revision }
    }
    return { kind, name, uid: '', text: withoutManagedFields(text), revision }
  })
}

/** What the scheduler hears of a scope: nodes of the cluster scope (''), pods of a namespace. */
export function scheduledResource(namespace: string): 'pods' | 'nodes' {
  return namespace === '' ? 'nodes' : 'pods'
}

/** Everything that counts now: all nodes, or all pods that have not ended. */
export function schedulingState(reader: StoreReader, resource: 'pods' | 'nodes'): SchedulingState {
  const { objects } = reader.list({
    resource,
    limit: Number.MAX_SAFE_INTEGER,
    matches: ({ fields }) => resource === 'nodes' || !ENDED.has(fields['status.phase'] ?? ''),
  })
  const changes = objects.map(({ name, text, revision }): SchedulingChange => ({
    kind: resource === 'nodes' ? 'node' : 'pod',
    name,
    uid: '',
    text: withoutManagedFields(text),
    revision,
  }))
  return { revision: reader.revision, changes }
}
