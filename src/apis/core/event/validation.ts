/**
 * Validation of core Event objects in their old form (no eventTime): the namespace of the event is that of what it is
 * about. Upstream: kubernetes/kubernetes pkg/apis/core/validation/events.go, legacyValidateEvent.
 * Differs: the stricter rules for events with eventTime are not applied.
 */
import { invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import type { CoreV1Event } from '../../generated/types.ts'

/** Where events about objects without a namespace live. */
const HOMES_OF_CLUSTER_EVENTS = ['', 'default', 'kube-system']

export function validateEvent({ metadata, involvedObject }: CoreV1Event): FieldError[] {
  const { namespace = '' } = metadata
  const about = involvedObject.namespace ?? ''
  const at = 'involvedObject.namespace'
  if (about === '') {
    return HOMES_OF_CLUSTER_EVENTS.includes(namespace) ? [] : [invalid(at, about, 'does not match event.namespace')]
  }
  return about === namespace ? [] : [invalid(at, about, 'does not match event.namespace')]
}
