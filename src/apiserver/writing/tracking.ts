/**
 * Managed fields of ordinary writes: whoever creates or changes a field owns it from then on. Before admission, as
 * upstream has it: what admission and the registry change belongs to nobody.
 */
import { trackUpdate, type ManagedEndpoint } from '../../apimachinery/apply/ownership.ts'
import { formatGroupVersion, type AnyObject } from '../../apimachinery/meta.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import { managedEndpoint } from '../../registry/managed-endpoints.ts'
import type { Change } from '../../registry/update.ts'
import type { ApiHost } from '../api-host.ts'
import type { Caller, WriteTarget } from './turn.ts'

/** Written past the field manager: the pod is not what was sent (pods/binding). */
const UNTRACKED: ReadonlySet<string> = new Set(['binding'])

/** Whether an object says that it is of this kind and version. */
export function isSaid(kind: KindRef, { kind: said, apiVersion }: AnyObject): boolean {
  return said === kind.kind && apiVersion === formatGroupVersion(kind)
}

export function endpointOf(host: ApiHost, { definition, subresource }: WriteTarget): ManagedEndpoint {
  return managedEndpoint(host.scheme, definition, subresource)
}

/** Makes the caller the owner of a new object's fields, without those that no new object has. Changes `next`. */
export function trackCreate(host: ApiHost, caller: Caller, target: WriteTarget, next: AnyObject): void {
  delete next.metadata.deletionTimestamp
  delete next.metadata.deletionGracePeriodSeconds
  trackUpdate(endpointOf(host, target), undefined, next, { manager: caller.manager, nowMs: host.clock.now() })
}

/** The same change, after which the caller owns what it changed. */
export function tracked(host: ApiHost, caller: Caller, target: WriteTarget, change: Change): Change {
  if (UNTRACKED.has(target.subresource)) return change
  const endpoint = endpointOf(host, target)
  return (current) => {
    const next = change(current)
    if (target.definition.custom !== undefined && !isSaid(target.definition, next)) {
      // Upstream's field manager finds no such type, and forgets all owners.
      delete next.metadata.managedFields
      return next
    }
    trackUpdate(endpoint, current, next, { manager: caller.manager, nowMs: host.clock.now() })
    return next
  }
}
