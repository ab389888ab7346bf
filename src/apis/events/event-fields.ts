/**
 * What events can be selected by. Both versions are one stored object, so the stored form keeps the names of both.
 * Upstream: kubernetes/kubernetes pkg/registry/core/event/strategy.go and pkg/apis/events/v1/conversion.go.
 */
import type { CoreV1Event, EventsV1Event, V1ObjectReference } from '../generated/types.ts'

const REFERENCE_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const

function referenceFields(prefix: string, reference: V1ObjectReference = {}): Record<string, string> {
  return Object.fromEntries(REFERENCE_FIELDS.map((field) => [`${prefix}.${field}`, reference[field] ?? '']))
}

export function coreEventFields(subject: CoreV1Event): Record<string, string> {
  // The object may be one that is only asked for its fields and has nothing but metadata.
  const { involvedObject, reason = '', reportingComponent = '', source, type = '' } = subject as Partial<CoreV1Event>
  const component = source?.component ?? ''
  return {
    ...referenceFields('involvedObject', involvedObject),
    reason,
    reportingComponent,
    source: component === '' ? reportingComponent : component,
    type,
  }
}

/** What a core event is selected by in the other version, and only there. */
export function hiddenEventFields({ involvedObject, reportingComponent = '' }: CoreV1Event): Record<string, string> {
  return { ...referenceFields('regarding', involvedObject), reportingController: reportingComponent }
}

export function regardingFields({
  regarding,
  reason,
  reportingController,
  type,
}: EventsV1Event): Record<string, string> {
  return {
    ...referenceFields('regarding', regarding),
    reason: reason ?? '',
    reportingController: reportingController ?? '',
    type: type ?? '',
  }
}
