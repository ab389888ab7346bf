/**
 * Columns of `kubectl get`: headers in upstream's order, and cells as tables of given → want
 * (pkg/printers/internalversion/printers_test.go has the same cases in its own words).
 */
import { describe, expect, it } from 'vitest'
import { humanDuration } from '../../src/apimachinery/human-duration.ts'
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { KINDS } from '../../src/apis/kinds.ts'

const NOW = Date.parse('2026-01-02T00:00:00Z')

function columnsOf(resource: string): (typeof KINDS)[number]['columns'] {
  const definition = KINDS.find(({ group, resource: name }) => (group === '' ? name : `${name}.${group}`) === resource)
  if (definition === undefined) throw new Error(`no kind ${resource}`)
  return definition.columns
}

/** Cells by header, of an object that is five minutes old. */
function cells(resource: string, body: object): Record<string, unknown> {
  const metadata = { name: 'x', creationTimestamp: '2026-01-01T23:55:00Z', ...(body as { metadata?: object }).metadata }
  const subject: AnyObject = { apiVersion: 'v1', kind: 'X', ...body, metadata }
  return Object.fromEntries(columnsOf(resource).map(({ name, cell }) => [name, cell(subject, NOW)]))
}

const running = { name: 'c', ready: true, restartCount: 0, state: { running: {} } }
const spec = { containers: [{ name: 'c' }] }
const done = (exitCode: number, more: object = {}): object => ({ terminated: { exitCode, ...more } })

describe('headers', () => {
  it.each([
    ['pods', 'Name Ready Status Restarts Age', 'IP Node Nominated Node Readiness Gates'],
    ['nodes', 'Name Status Roles Age Version', 'Internal-IP External-IP OS-Image Kernel-Version Container-Runtime'],
    ['services', 'Name Type Cluster-IP External-IP Port(s) Age', 'Selector'],
    ['deployments.apps', 'Name Ready Up-to-date Available Age', 'Containers Images Selector'],
    ['replicasets.apps', 'Name Desired Current Ready Age', 'Containers Images Selector'],
    ['statefulsets.apps', 'Name Ready Age', 'Containers Images'],
    ['jobs.batch', 'Name Status Completions Duration Age', 'Containers Images Selector'],
    ['events', 'Last Seen Type Reason Object Message', 'Subobject Source First Seen Count Name'],
    ['namespaces', 'Name Status Age', ''],
    ['roles.rbac.authorization.k8s.io', 'Name Created At', ''],
    ['leases.coordination.k8s.io', 'Name Holder Age', ''],
    ['endpointslices.discovery.k8s.io', 'Name AddressType Ports Endpoints Age', ''],
  ])('of %s', (resource, narrow, wide) => {
    const names = (priority: number): string =>
      columnsOf(resource)
        .filter((column) => column.priority === priority)
        .map(({ name }) => name)
        .join(' ')
    expect([names(0), names(1)]).toEqual([narrow, wide])
  })

  it('every cell of every kind can be worked out for an object that has hardly anything', () => {
    const bare = {
      metadata: {},
      spec: { template: {}, jobTemplate: {}, scaleTargetRef: {}, source: {}, drivers: null },
      involvedObject: {},
      regarding: {},
      roleRef: {},
      endpoints: null,
    }
    for (const { columns, kind } of KINDS) {
      for (const { cell, name } of columns) {
        expect(() => cell(bare as unknown as AnyObject, NOW), `${kind} ${name}`).not.toThrow()
      }
    }
  })
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
  ])('%s', (_what, body, want) => {
    expect(cells('pods', body)).toMatchObject(want)
  })
})

describe('cells', () => {
  it.each<[string, object, Record<string, unknown>]>([
    [
      'nodes',
      {
        metadata: { labels: { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/edge': '' } },
        spec: { unschedulable: true },
        status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.36.0' } },
      },
      { Status: 'Ready,SchedulingDisabled', Roles: 'edge,worker', Version: 'v1.36.0', 'Internal-IP': '<none>' },
    ],
    [
      'services',
      {
        spec: {
          type: 'NodePort',
          clusterIP: '10.0.0.1',
          ports: [
            { port: 80, nodePort: 30080, protocol: 'TCP' },
            { port: 53, protocol: 'UDP' },
          ],
          selector: { b: '2', a: '1' },
        },
      },
      {
        Type: 'NodePort',
        'Cluster-IP': '10.0.0.1',
        'External-IP': '<none>',
        'Port(s)': '80:30080/TCP,53/UDP',
        Selector: 'a=1,b=2',
      },
    ],
    [
      'services',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } },
      { 'External-IP': '<pending>', 'Port(s)': '<none>' },
    ],
    [
      'services',
      { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ hostname: 'web.localhost' }] } } },
      { 'External-IP': 'web.localhost' },
    ],
    [
      'deployments.apps',
      {
        spec: {
          replicas: 3,
          selector: { matchLabels: { app: 'web' } },
          template: {
            spec: {
              containers: [
                { name: 'a', image: 'i:1' },
                { name: 'b', image: 'j' },
              ],
            },
          },
        },
        status: { readyReplicas: 2, updatedReplicas: 3 },
      },
      { Ready: '2/3', 'Up-to-date': 3, Available: 0, Containers: 'a,b', Images: 'i:1,j', Selector: 'app=web' },
    ],
    [
      'jobs.batch',
      { spec: { completions: 3 }, status: { succeeded: 1, startTime: '2026-01-01T23:58:00Z' } },
      { Status: 'Running', Completions: '1/3', Duration: '2m' },
    ],
    [
      'jobs.batch',
      {
        spec: { parallelism: 2 },
        status: {
          startTime: '2026-01-01T23:00:00Z',
          completionTime: '2026-01-01T23:00:09Z',
          conditions: [{ type: 'Complete', status: 'True' }],
        },
      },
      { Status: 'Complete', Completions: '0/1 of 2', Duration: '9s' },
    ],
    ['configmaps', { data: { a: '1' }, binaryData: { b: 'Yg==' } }, { Data: 2 }],
    [
      'endpoints',
      {
        subsets: [
          {
            addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }, { ip: '10.0.0.3' }, { ip: '10.0.0.4' }],
            ports: [{ port: 80 }],
          },
        ],
      },
      { Endpoints: '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...' },
    ],
    ['endpoints', {}, { Endpoints: '<none>' }],
    [
      'endpointslices.discovery.k8s.io',
      { addressType: 'IPv4', ports: [{ port: 80 }], endpoints: [] },
      { AddressType: 'IPv4', Ports: '80', Endpoints: '<unset>' },
    ],
    [
      'events',
      {
        involvedObject: { kind: 'Pod', name: 'p' },
        type: 'Normal',
        reason: 'Scheduled',
        message: ' ok\n',
        eventTime: '2026-01-01T23:59:00.000000Z',
        source: {},
        reportingComponent: 'default-scheduler',
      },
      { 'Last Seen': '60s', Object: 'pod/p', Message: 'ok', Source: 'default-scheduler', Count: 1 },
    ],
    [
      'events',
      {
        involvedObject: { kind: 'Pod', name: 'p' },
        firstTimestamp: '2026-01-01T23:50:00Z',
        lastTimestamp: '2026-01-01T23:59:50Z',
        count: 4,
        source: { component: 'kubelet', host: 'n' },
      },
      { 'Last Seen': '10s', 'First Seen': '10m', Count: 4, Source: 'kubelet, n' },
    ],
    [
      'events.events.k8s.io',
      { regarding: { kind: 'Node', name: 'n' }, note: 'hi', eventTime: '2026-01-01T23:59:59.000000Z' },
      { 'Last Seen': '1s', Object: 'node/n', Message: 'hi' },
    ],
    [
      'horizontalpodautoscalers.autoscaling',
      {
        spec: {
          maxReplicas: 3,
          minReplicas: 1,
          scaleTargetRef: { kind: 'Deployment', name: 'd' },
          targetCPUUtilizationPercentage: 80,
        },
      },
      { Reference: 'Deployment/d', Targets: 'cpu: <unknown>/80%', MinPods: '1', MaxPods: 3 },
    ],
    [
      'rolebindings.rbac.authorization.k8s.io',
      {
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's', namespace: 'n' },
        ],
      },
      { Role: 'ClusterRole/view', Users: 'u', Groups: '', ServiceAccounts: 'n/s' },
    ],
    ['roles.rbac.authorization.k8s.io', {}, { 'Created At': '2026-01-01T23:55:00Z' }],
    [
      'persistentvolumes',
      {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
          claimRef: { namespace: 'n', name: 'c' },
        },
        status: { phase: 'Bound' },
      },
      { Capacity: '1Gi', 'Access Modes': 'RWO,RWX', Claim: 'n/c', Status: 'Bound' },
    ],
    [
      'storageclasses.storage.k8s.io',
      { provisioner: 'p', metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } },
      { Name: 'x (default)', ReclaimPolicy: 'Delete' },
    ],
  ])('of %s', (resource, body, want) => {
    expect(cells(resource, body)).toMatchObject(want)
  })
})

describe('durations', () => {
  it.each([
    [-2, '<invalid>'],
    [-1, '0s'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [200, '3m20s'],
    [599, '9m59s'],
    [601, '10m'],
    [10799, '179m'],
    [10800, '3h'],
    [10860, '3h1m'],
    [28800, '8h'],
    [172799, '47h'],
    [172800, '2d'],
    [176400, '2d1h'],
    [691200, '8d'],
    [63072000, '2y'],
    [63158400, '2y1d'],
    [252288000, '8y'],
  ])('%d s is %s', (seconds, text) => {
    expect(humanDuration(seconds * 1000)).toBe(text)
  })
})
