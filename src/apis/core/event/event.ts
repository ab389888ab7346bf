/**
 * Event: what happened to an object, said by whoever acted. events.k8s.io/v1 is another view of the same stored
 * objects.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/event.
 */
import { defineKind } from '../../define-kind.ts'
import { coreEventFields, hiddenEventFields } from '../../events/event-fields.ts'
import type { CoreV1Event } from '../../generated/types.ts'
import { eventColumns } from '../columns/event.ts'
import { eventStrategy } from './strategy.ts'

export const event = defineKind<CoreV1Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  scope: 'Namespaced',
  type: 'CoreV1Event',
  shortNames: ['ev'],
  columns: eventColumns,
  strategy: eventStrategy,
  selectableFields: coreEventFields,
  hiddenFields: hiddenEventFields,
})
