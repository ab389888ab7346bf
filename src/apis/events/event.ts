/**
 * Event: what happened to an object, in the newer form. Stored as core/v1 Event.
 * This is the kind's one entry (events.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/apis/events/v1/conversion.go.
 */
import { eventsEventColumns } from '../core/columns/event.ts'
import { event } from '../core/event/event.ts'
import { validateEventUpdate, validateNewEvent } from '../core/event/validation.ts'
import { defineKind } from '../define-kind.ts'
import type { EventsV1Event } from '../generated/types.ts'
import { eventFromStored, eventToStored } from './conversion.ts'
import { regardingFields } from './event-fields.ts'

export const eventsEvent = defineKind<EventsV1Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  scope: 'Namespaced',
  type: 'EventsV1Event',
  shortNames: ['ev'],
  columns: eventsEventColumns,
  strategy: {
    allowsCreateOnUpdate: true,
    allowsUnconditionalUpdate: true,
    validate: (next, facts) => validateNewEvent(eventToStored(next), facts),
    judgesBeforeMetadata: true,
    validateUpdate: (next, previous, facts) =>
      validateEventUpdate(eventToStored(next), eventToStored(previous), facts),
  },
  selectableFields: regardingFields,
  storedAs: { definition: event, toStored: eventToStored, fromStored: eventFromStored },
})
