/**
 * Columns of Events, in both versions. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go,
 * printEvent.
 */
import type { Column } from '../../../apimachinery/table.ts'
import type { CoreV1Event, EventsV1Event, V1ObjectReference } from '../../generated/types.ts'
import { eventToStored } from '../../events/conversion.ts'
import { UNKNOWN, ageOf, column } from '../../table-columns.ts'

function firstSeen({ firstTimestamp, eventTime }: CoreV1Event, nowMs: number): string {
  return ageOf(firstTimestamp ?? eventTime, nowMs)
}

function lastSeen(event: CoreV1Event, nowMs: number): string {
  if (event.series !== undefined) return ageOf(event.series.lastObservedTime, nowMs)
  const last = ageOf(event.lastTimestamp, nowMs)
  return last === UNKNOWN ? firstSeen(event, nowMs) : last
}

function targetText({ kind = '', name = '' }: V1ObjectReference): string {
  return name === '' ? kind.toLowerCase() : `${kind.toLowerCase()}/${name}`
}

function sourceText({ source, reportingComponent = '', reportingInstance = '' }: CoreV1Event): string {
  const component = (source?.component ?? '') === '' ? reportingComponent : (source?.component ?? '')
  const host = (source?.host ?? '') === '' ? reportingInstance : (source?.host ?? '')
  return host === '' ? component : `${component}, ${host}`
}

function countOf({ series, count = 0 }: CoreV1Event): number {
  if (series !== undefined) return series.count ?? 0
  return count === 0 ? 1 : count
}

export const eventColumns: readonly Column<CoreV1Event>[] = [
  column('Last Seen', lastSeen),
  column('Type', ({ type }) => type ?? ''),
  column('Reason', ({ reason }) => reason ?? ''),
  column('Object', ({ involvedObject }) => targetText(involvedObject)),
  column('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? '', { isWide: true }),
  column('Source', sourceText, { isWide: true }),
  column('Message', ({ message }) => (message ?? '').trim()),
  column('First Seen', firstSeen, { isWide: true }),
  column('Count', countOf, { type: 'string', isWide: true }),
  column('Name', ({ metadata }) => metadata.name ?? '', { format: 'name', isWide: true }),
]

/** The same cells for events.k8s.io/v1, by way of the stored form. */
export const eventsEventColumns: readonly Column<EventsV1Event>[] = eventColumns.map((inCore) => ({
  ...inCore,
  cell: (event: EventsV1Event, nowMs: number) => inCore.cell(eventToStored(event), nowMs),
}))
