/**
 * Columns of pods: STATUS, READY and RESTARTS are worked out from phase, conditions and container states
 * (pkg/printers/internalversion/printers_test.go has the same cases in its own words).
 */
import { describe, expect, it } from 'vitest'
import { podRowConditions } from '../../src/apis/core/columns/pod.ts'
import { cells } from './columns.ts'

const running = { name: 'c', ready: true, restartCount: 0, state: { running: {} } }
const spec = { containers: [{ name: 'c' }] }
const two = { containers: [{ name: 'a' }, { name: 'c' }] }
const isReady = [{ type: 'Ready', status: 'True' }]
const done = (exitCode: number, more: object = {}): object => ({ terminated: { exitCode, ...more } })
const finished = (exitCode: number, reason: string): object => ({
  name: 'a', ready: false, restartCount: 0, state: done(exitCode, { reason }),
})

describe('pods', () => {
  it.each<[string, object, Record<string, unknown>]>([
    [
      'running',
      { spec, status: { phase: 'Running', containerStatuses: [running] } },
      { Ready: '1/1', Status: 'Running', Restarts: '0', Age: '5m' },
    ],
    [
      'pending',
      { spec, status: { phase: 'Pending' } },
      { Ready: '0/1', Status: 'Pending', IP: '<none>', Node: '<none>' },
    ],
    [
      'waiting to restart',
      {
        spec,
        status: {
          phase: 'Running',
          containerStatuses: [
            {
              name: 'c',
              ready: false,
              restartCount: 3,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: done(1, { finishedAt: '2026-01-01T23:58:30Z' }),
            },
          ],
        },
      },
      { Ready: '0/1', Status: 'CrashLoopBackOff', Restarts: '3 (90s ago)' },
    ],
    [
      'ended by a signal',
      {
        spec,
        status: {
          phase: 'Failed',
          containerStatuses: [{ name: 'c', ready: false, restartCount: 0, state: done(137, { signal: 9 }) }],
        },
      },
      { Status: 'Signal:9' },
    ],
    [
      'ended with a code',
      {
        spec,
        status: { phase: 'Failed', containerStatuses: [{ name: 'c', ready: false, restartCount: 0, state: done(2) }] },
      },
      { Status: 'ExitCode:2' },
    ],
    [
      'initializing',
      {
        spec: { ...spec, initContainers: [{ name: 'a' }, { name: 'b' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'a', ready: true, restartCount: 0, state: done(0) },
            { name: 'b', ready: false, restartCount: 2, state: { running: {} } },
          ],
        },
      },
      { Status: 'Init:1/2', Restarts: '2' },
    ],
    [
      'with a failed init container',
      {
        spec: { ...spec, initContainers: [{ name: 'a' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'a', ready: false, restartCount: 0, state: done(1, { reason: 'Error' }) }],
        },
      },
      { Status: 'Init:Error' },
    ],
    [
      'with a sidecar',
      {
        spec: { ...spec, initContainers: [{ name: 'a', restartPolicy: 'Always' }] },
        status: {
          phase: 'Running',
          initContainerStatuses: [{ name: 'a', ready: true, started: true, restartCount: 0, state: { running: {} } }],
          containerStatuses: [running],
        },
      },
      { Ready: '2/2', Status: 'Running' },
    ],
    [
      'being deleted',
      {
        metadata: { deletionTimestamp: '2026-01-01T23:59:00Z' },
        spec,
        status: { phase: 'Running', containerStatuses: [running] },
      },
      { Status: 'Terminating' },
    ],
    [
      'deleted and done',
      {
        metadata: { deletionTimestamp: '2026-01-01T23:59:00Z' },
        spec,
        status: {
          phase: 'Succeeded',
          containerStatuses: [{ name: 'c', ready: false, restartCount: 0, state: done(0, { reason: 'Completed' }) }],
        },
      },
      { Status: 'Completed' },
    ],
    [
      'held by gates',
      {
        spec,
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      },
      { Status: 'SchedulingGated' },
    ],
    [
      'of which one container has finished',
      {
        spec: two,
        status: { phase: 'Running', conditions: isReady, containerStatuses: [finished(0, 'Completed'), running] },
      },
      { Ready: '1/2', Status: 'Running' },
    ],
    [
      'of which one container has finished, and that is not ready',
      { spec: two, status: { phase: 'Running', containerStatuses: [finished(0, 'Completed'), running] } },
      { Ready: '1/2', Status: 'NotReady' },
    ],
    [
      'of which one container has finished and another failed',
      { spec: two, status: { phase: 'Running', containerStatuses: [finished(0, 'Completed'), finished(1, 'Error')] } },
      { Ready: '0/2', Status: 'Error' },
    ],
    [
      'whose node is lost',
      {
        metadata: { deletionTimestamp: '2026-01-01T23:59:00Z' },
        spec,
        status: { phase: 'Running', reason: 'NodeLost', containerStatuses: [running] },
      },
      { Status: 'Unknown' },
    ],
    [
      'evicted',
      { spec, status: { phase: 'Failed', reason: 'Evicted' } },
      { Ready: '0/1', Status: 'Evicted' },
    ],
    [
      'with a failed init container that gave no reason',
      {
        spec: { ...spec, initContainers: [{ name: 'a' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'a', ready: false, restartCount: 0, state: done(1, { signal: 9 }) }],
        },
      },
      { Status: 'Init:Signal:9' },
    ],
    [
      'with an init container that waits for its image',
      {
        spec: { ...spec, initContainers: [{ name: 'a' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            { name: 'a', ready: false, restartCount: 0, state: { waiting: { reason: 'ErrImagePull' } } },
          ],
        },
      },
      { Status: 'Init:ErrImagePull' },
    ],
    [
      'with a sidecar that has restarted, and an init container that had',
      {
        spec: { ...spec, initContainers: [{ name: 'a' }, { name: 'b', restartPolicy: 'Always' }] },
        status: {
          phase: 'Running',
          initContainerStatuses: [
            { name: 'a', ready: true, restartCount: 4, state: done(0) },
            {
              name: 'b', ready: false, started: true, restartCount: 2, state: { running: {} },
              lastState: done(1, { finishedAt: '2026-01-01T23:59:00Z' }),
            },
          ],
          containerStatuses: [running],
        },
      },
      { Ready: '1/2', Status: 'Running', Restarts: '2 (60s ago)' },
    ],
    [
      'with readiness gates',
      {
        spec: { ...spec, readinessGates: [{ conditionType: 'a' }, { conditionType: 'b' }] },
        status: { phase: 'Running', conditions: [{ type: 'a', status: 'True' }, { type: 'b', status: 'False' }] },
      },
      { 'Readiness Gates': '1/2', 'Nominated Node': '<none>' },
    ],
  ])('%s', (_what, body, want) => {
    expect(cells('pods', body)).toMatchObject(want)
  })
})

describe('rows', () => {
  it.each([
    [
      'Succeeded',
      [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }],
    ],
    ['Failed', [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }]],
    ['Running', []],
  ])('of a pod that is %s say whether it is over', (phase, want) => {
    expect(podRowConditions({ apiVersion: 'v1', kind: 'Pod', metadata: {}, status: { phase } })).toEqual(want)
  })
})
