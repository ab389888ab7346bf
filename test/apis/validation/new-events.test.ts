/**
 * Events of the newer group: given → want, texts and paths of pkg/apis/core/validation/events.go, ValidateEventCreate.
 */
import { describe, expect, it } from 'vitest'
import { testApi } from '../../support/api.ts'
import { Subject, type Row } from './given-want.ts'

const event = {
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingController: 'example.com/controller',
  reportingInstance: 'controller-1',
  action: 'Start',
  reason: 'Started',
  type: 'Normal',
  regarding: { kind: 'Pod', namespace: 'default', name: 'a' },
}

const ROWS: readonly Row[] = [
  {
    what: 'an event is complete',
    given: event,
    want: [],
  },
  {
    what: 'what is not said',
    given: { eventTime: event.eventTime, regarding: event.regarding },
    want: [
      'reportingController: Required value',
      'reportingController: Invalid value: "": name part must be non-empty',
      `reportingController: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'reportingInstance: Required value',
      'action: Required value',
      'reason: Required value',
      'type: Invalid value: "": has invalid value: ',
    ],
  },
  {
    what: 'an event has a time',
    given: { ...event, eventTime: null },
    want: [
      'eventTime: Required value',
    ],
  },
  {
    what: 'types are two',
    given: { ...event, type: 'X' },
    want: [
      'type: Invalid value: "": has invalid value: X',
    ],
  },
  {
    what: 'fields of the older group stay unset',
    given: {
      ...event,
      deprecatedCount: 1,
      deprecatedFirstTimestamp: '2026-01-01T00:00:00Z',
      deprecatedLastTimestamp: '2026-01-01T00:00:00Z',
      deprecatedSource: { component: 'a' },
    },
    want: [
      'firstTimestamp: Invalid value: "": needs to be unset',
      'lastTimestamp: Invalid value: "": needs to be unset',
      'count: Invalid value: "": needs to be unset',
      'source: Invalid value: "": needs to be unset',
    ],
  },
  {
    what: 'a series is of two and more',
    given: { ...event, series: { count: 1 } },
    want: [
      'series.count: Invalid value: "": should be at least 2',
      'series.lastObservedTime: Required value',
    ],
  },
  {
    what: 'texts are not too long',
    given: { ...event, action: 'a'.repeat(129), reason: 'a'.repeat(129), note: 'a'.repeat(1025) },
    want: [
      'action: Invalid value: "": can have at most 128 characters',
      'reason: Invalid value: "": can have at most 128 characters',
      'message: Invalid value: "": can have at most 1024 characters',
    ],
  },
]

describe('validation of events of events.k8s.io', () => {
  const subject = new Subject('events.k8s.io/v1', 'Event')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })

  it('tells twice that a reason stays, as upstream asks twice', () => {
    const changed = subject.onUpdate(event, { ...event, reason: 'Other' })
    expect(changed).toEqual(Array(2).fill('reason: Invalid value: "Other": field is immutable'))
  })

  it('has finalizers with a domain', async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events'
    const metadata = { name: 'a', finalizers: ['x'] }
    const { body } = await testApi('default').json('POST', path, { body: { metadata, ...event } })
    const why = 'name is neither a standard finalizer name nor is it fully qualified'
    expect(body['message']).toBe(`Event "a" is invalid: metadata.finalizers[0]: Invalid value: "x": ${why}`)
  })

  it('is refused by the name of its older kind, in which it is stored, and with one error of its name', async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events'
    const { code, body } = await testApi('default').json('POST', path, { body: { metadata: { name: 'A' }, ...event } })
    expect(code).toBe(422)
    expect(body).toMatchObject({
      message: expect.stringMatching(/^Event "A" is invalid: metadata\.name: Invalid value: "A": a lowercase RFC 1123/),
      details: { name: 'A', kind: 'Event', causes: [{ field: 'metadata.name' }] },
    })
    expect(body['details']).not.toHaveProperty('group')
  })
})
