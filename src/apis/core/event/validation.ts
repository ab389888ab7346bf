/**
 * Validation of Event objects. What came as core/v1 is judged by the old rules, which ask for more when there is an
 * eventTime; events.k8s.io/v1 has stricter ones on top, in the names of the core form.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/events.go.
 */
import { invalid, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { byteLength } from '../../../apimachinery/names.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { CoreV1Event } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { orUnset, dnsSubdomain, immutable, isEqual, qualifiedName, requiredText } from '../../validation/rules.ts'

const MAX_LENGTH = 128
const MAX_NOTE_LENGTH = 1024
const ELSEWHERE = 'does not match event.namespace'

function atMost(field: string, text: string, length: number): FieldError[] {
  return byteLength(text) > length ? [invalid(field, '', `can have at most ${String(length)} characters`)] : []
}

/** Where an event about an object of no namespace lives, and where one about another object. */
function validatePlace({ metadata, involvedObject, eventTime }: CoreV1Event): FieldError[] {
  const { namespace = '' } = metadata
  const about = involvedObject.namespace ?? ''
  const isNew = orUnset(eventTime) !== undefined
  const homes = isNew ? ['default', 'kube-system'] : ['', 'default']
  const isHome = about === '' ? homes.includes(namespace) : isNew || about === namespace
  return isHome ? [] : [invalid('involvedObject.namespace', about, ELSEWHERE)]
}

/** `controllerAt` is the name that the reporting controller has in the version of the request. */
function validateByOldRules(event: CoreV1Event, controllerAt: string): FieldError[] {
  const { action = '', reason = '', message = '', reportingComponent = '', reportingInstance = '' } = event
  const errors = validatePlace(event)
  if (orUnset(event.eventTime) !== undefined) {
    errors.push(
      ...requiredText(controllerAt, reportingComponent),
      ...qualifiedName(controllerAt, reportingComponent),
      ...requiredText('reportingInstance', reportingInstance),
      ...atMost('reportingInstance', reportingInstance, MAX_LENGTH),
      ...requiredText('action', action),
      ...atMost('action', action, MAX_LENGTH),
      ...requiredText('reason', reason),
      ...atMost('reason', reason, MAX_LENGTH),
      ...atMost('message', message, MAX_NOTE_LENGTH),
    )
  }
  return [...errors, ...dnsSubdomain('namespace', event.metadata.namespace ?? '')]
}

export function validateCoreEvent(event: CoreV1Event): FieldError[] {
  return validateByOldRules(event, 'reportingComponent')
}

function validateSeries({ series }: CoreV1Event): FieldError[] {
  if (series === undefined) return []
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...requiredText('series.lastObservedTime', orUnset(series.lastObservedTime)),
  ]
}

/** An event of events.k8s.io/v1, in its core form. */
export function validateNewEvent(event: CoreV1Event, facts?: ObjectFacts): FieldError[] {
  const { type = '', source } = event
  const unset: [string, boolean][] = [
    ['firstTimestamp', orUnset(event.firstTimestamp) === undefined],
    ['lastTimestamp', orUnset(event.lastTimestamp) === undefined],
    ['count', (event.count ?? 0) === 0],
    ['source', (source?.component ?? '') === '' && (source?.host ?? '') === ''],
  ]
  return [
    ...validateByOldRules(event, 'reportingController'),
    ...(facts?.metadataAgain() ?? []),
    ...validateSeries(event),
    ...(orUnset(event.eventTime) === undefined ? [required('eventTime')] : []),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...unset.flatMap(([field, isUnset]) => (isUnset ? [] : [invalid(field, '', 'needs to be unset')])),
  ]
}

/** All but the series stays. */
export function validateEventUpdate(next: CoreV1Event, previous: CoreV1Event, facts?: ObjectFacts): FieldError[] {
  const same = (field: keyof CoreV1Event, at: string = field): FieldError[] =>
    immutable(at, next[field] ?? '', previous[field] ?? '')
  const reference = (field: 'involvedObject' | 'related'): FieldError[] => {
    const [value, before] = [next[field], previous[field]]
    if (isEqual(value ?? {}, before ?? {})) return []
    const printed = value === undefined ? undefined : internalForm('ObjectReference', value)
    return [invalid(field, printed, 'field is immutable')]
  }
  const source = isEqual(next.source ?? {}, previous.source ?? {})
    ? []
    : [invalid('source', internalForm('EventSource', next.source), 'field is immutable')]
  return [
    ...validateByOldRules(next, 'reportingController'),
    ...(facts?.metadataAgain() ?? []),
    ...(isEqual(next.series, previous.series) ? [] : validateSeries(next)),
    ...reference('involvedObject'),
    ...same('reason'),
    ...same('message'),
    ...source,
    ...immutable('firstTimestamp', next.firstTimestamp, previous.firstTimestamp),
    ...immutable('lastTimestamp', next.lastTimestamp, previous.lastTimestamp),
    ...immutable('count', next.count ?? 0, previous.count ?? 0),
    // Upstream asks twice.
    ...same('reason'),
    ...same('type'),
    ...immutable('eventTime', next.eventTime, previous.eventTime),
    ...same('action'),
    ...reference('related'),
    ...same('reportingComponent', 'reportingController'),
    ...same('reportingInstance'),
  ]
}
