/**
 * events.k8s.io/v1 Event ↔ core/v1 Event: the same fields under other names, nothing lost either way.
 * Upstream: kubernetes/kubernetes pkg/apis/events/v1/conversion.go.
 */
import type { KubeObject } from '../../apimachinery/meta.ts'
import type { CoreV1Event, EventsV1Event } from '../generated/types.ts'

/** events.k8s.io name → core name, where they differ. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
]

/** Fields that only one of the versions prints when they are empty: [core, events.k8s.io]. */
const ALWAYS_IN_CORE = { involvedObject: {}, reportingComponent: '', reportingInstance: '' }

function renamed(subject: KubeObject, apiVersion: string, names: ReadonlyMap<string, string>): KubeObject {
  const entries = Object.entries(subject).map(([field, value]) => [names.get(field) ?? field, value as unknown])
  return { ...(Object.fromEntries(entries) as KubeObject), apiVersion, kind: 'Event' }
}

const toCore = new Map(RENAMED)
const fromCore = new Map(RENAMED.map(([name, coreName]) => [coreName, name]))

export function eventToStored(subject: EventsV1Event): CoreV1Event {
  return { ...ALWAYS_IN_CORE, ...renamed(subject, 'v1', toCore) }
}

export function eventFromStored(stored: KubeObject): EventsV1Event {
  const subject = renamed(stored, 'events.k8s.io/v1', fromCore) as EventsV1Event
  // Printed by core even when empty, dropped when empty by this version.
  if (subject.reportingController === '') delete subject.reportingController
  if (subject.reportingInstance === '') delete subject.reportingInstance
  return subject
}
