/**
 * Columns of `kubectl get`: headers in upstream's order, and cells as tables of given → want
 * (pkg/printers/internalversion/printers_test.go has the same cases in its own words).
 */
import { describe, expect, it } from 'vitest'
import { humanDuration } from '../../src/apimachinery/human-duration.ts'
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { horizontalPodAutoscalerColumns } from '../../src/apis/autoscaling/columns.ts'
import type { V2HorizontalPodAutoscaler } from '../../src/apis/generated/types.ts'
import { KINDS, UNSERVED_KINDS } from '../../src/apis/kinds.ts'
import { NOW, cells, columnsOf } from './columns.ts'

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
    ['serviceaccounts', 'Name Age', ''],
    ['configmaps', 'Name Data Age', ''],
    ['secrets', 'Name Type Data Age', ''],
    ['endpoints', 'Name Endpoints Age', ''],
    ['podtemplates', 'Name Containers Images Pod Labels', ''],
    ['replicationcontrollers', 'Name Desired Current Ready Age', 'Containers Images Selector'],
    [
      'daemonsets.apps', 'Name Desired Current Ready Up-to-date Available Node Selector Age',
      'Containers Images Selector',
    ],
    ['controllerrevisions.apps', 'Name Controller Revision Age', ''],
    ['cronjobs.batch', 'Name Schedule Timezone Suspend Active Last Schedule Age', 'Containers Images Selector'],
    ['horizontalpodautoscalers.autoscaling', 'Name Reference Targets MinPods MaxPods Replicas Age', ''],
    [
      'persistentvolumes',
      'Name Capacity Access Modes Reclaim Policy Status Claim StorageClass VolumeAttributesClass Reason Age',
      'VolumeMode',
    ],
    [
      'persistentvolumeclaims', 'Name Status Volume Capacity Access Modes StorageClass VolumeAttributesClass Age',
      'VolumeMode',
    ],
    ['ingresses.networking.k8s.io', 'Name Class Hosts Address Ports Age', ''],
    ['ingressclasses.networking.k8s.io', 'Name Controller Parameters Age', ''],
    ['ipaddresses.networking.k8s.io', 'Name ParentRef', ''],
    ['servicecidrs.networking.k8s.io', 'Name CIDRs Age', ''],
    ['poddisruptionbudgets.policy', 'Name Min Available Max Unavailable Allowed Disruptions Age', ''],
    ['priorityclasses.scheduling.k8s.io', 'Name Value Global-Default Age PreemptionPolicy', ''],
    ['runtimeclasses.node.k8s.io', 'Name Handler Age', ''],
    [
      'certificatesigningrequests.certificates.k8s.io',
      'Name Age SignerName Requestor RequestedDuration Condition', '',
    ],
    [
      'storageclasses.storage.k8s.io',
      'Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age', '',
    ],
    ['volumeattachments.storage.k8s.io', 'Name Attacher PV Node Attached Age', ''],
    [
      'csidrivers.storage.k8s.io',
      'Name AttachRequired PodInfoOnMount StorageCapacity TokenRequests RequiresRepublish Modes Age', '',
    ],
    ['csinodes.storage.k8s.io', 'Name Drivers Age', ''],
    ['csistoragecapacities.storage.k8s.io', 'Name Created At', ''],
    ['volumeattributesclasses.storage.k8s.io', 'Name DriverName Age', ''],
    ['resourceclaims.resource.k8s.io', 'Name State Age', ''],
    ['resourceslices.resource.k8s.io', 'Name Node Driver Pool Age', ''],
    ['rolebindings.rbac.authorization.k8s.io', 'Name Role Age', 'Users Groups ServiceAccounts'],
    ['roles.rbac.authorization.k8s.io', 'Name Created At', ''],
    ['customresourcedefinitions.apiextensions.k8s.io', 'Name Created At', ''],
    ['leases.coordination.k8s.io', 'Name Holder Age', ''],
    ['endpointslices.discovery.k8s.io', 'Name AddressType Ports Endpoints Age', ''],
  ])('of %s', (resource, narrow, wide) => {
    const names = (priority: number): string =>
      columnsOf(resource)
        .filter(({ priority: its, isWithoutHeader }) => its === priority && isWithoutHeader !== true)
        .map(({ name }) => name)
        .join(' ')
    expect([names(0), names(1)]).toEqual([narrow, wide])
  })

  it('of every kind say what they show', () => {
    for (const { columns, resource } of [...KINDS, ...UNSERVED_KINDS.map(({ definition }) => definition)]) {
      for (const { name, description } of columns) expect(description, `${resource} ${name}`).not.toBe('')
    }
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
      'services',
      {
        spec: { type: 'LoadBalancer', externalIPs: ['9.9.9.9'] },
        status: {
          loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { ip: '1.1.1.1', hostname: 'a' }, { ip: '', hostname: 'b' }] },
        },
      },
      { 'External-IP': '1.1.1.1,2.2.2.2,b,9.9.9.9' },
    ],
    [
      'services',
      { spec: { type: 'ClusterIP', clusterIP: 'None', externalIPs: ['9.9.9.9'] } },
      { 'Cluster-IP': 'None', 'External-IP': '9.9.9.9' },
    ],
    [
      'services',
      { spec: { type: 'ExternalName', externalName: 'a.example' } },
      { 'Cluster-IP': '<none>', 'External-IP': 'a.example' },
    ],
    [
      'ingresses.networking.k8s.io',
      {
        spec: { ingressClassName: 'web', tls: [{}], rules: [{ host: 'a' }, {}, { host: 'b' }] },
        status: { loadBalancer: { ingress: [{ hostname: 'h' }, { ip: '1.1.1.1' }] } },
      },
      { Class: 'web', Hosts: 'a,b', Address: '1.1.1.1,h', Ports: '80, 443' },
    ],
    [
      'ingresses.networking.k8s.io',
      { spec: { rules: [{}] } },
      { Class: '<none>', Hosts: '*', Address: '', Ports: '80' },
    ],
    [
      'ingresses.networking.k8s.io',
      { spec: { rules: [{ host: 'a' }, {}, { host: 'b' }, { host: 'c' }, { host: 'd' }] } },
      { Hosts: 'a,b,c + 2 more...' },
    ],
    [
      'ingressclasses.networking.k8s.io',
      { spec: { controller: 'c', parameters: { apiGroup: 'g.io', kind: 'K', name: 'n' } } },
      { Parameters: 'K.g.io/n' },
    ],
    [
      'ipaddresses.networking.k8s.io',
      { spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } } },
      { ParentRef: 'services/default/kubernetes' },
    ],
    ['ipaddresses.networking.k8s.io', { spec: {} }, { ParentRef: '<none>' }],
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
    [
      'deployments.apps',
      { spec: { replicas: 1, selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['b', 'a'] }] } } },
      { Ready: '0/1', Selector: 'app in (a,b)' },
    ],
    ['deployments.apps', { spec: { selector: {} } }, { Selector: '' }],
    ['replicasets.apps', { spec: { selector: {} } }, { Selector: '<none>' }],
    [
      'daemonsets.apps',
      { spec: { template: { spec: { nodeSelector: { disk: 'ssd' } } } } },
      { 'Node Selector': 'disk=ssd' },
    ],
    [
      'controllerrevisions.apps',
      {
        revision: 2,
        metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', controller: true }] },
      },
      { Controller: 'statefulset.apps/web', Revision: 2 },
    ],
    ['controllerrevisions.apps', { revision: 1 }, { Controller: '<none>' }],
    [
      'jobs.batch',
      { metadata: { deletionTimestamp: '2026-01-01T23:59:00Z' } },
      { Status: 'Terminating', Duration: '' },
    ],
    [
      'jobs.batch',
      { status: { conditions: [{ type: 'SuccessCriteriaMet', status: 'True' }] } },
      { Status: 'SuccessCriteriaMet', Completions: '0/1' },
    ],
    ['jobs.batch', { status: { conditions: [{ type: 'Suspended', status: 'False' }] } }, { Status: 'Running' }],
    [
      'cronjobs.batch',
      {
        spec: { jobTemplate: {}, schedule: '@daily', suspend: false },
        status: { active: [{}], lastScheduleTime: '2026-01-01T00:00:00Z' },
      },
      { Timezone: '<none>', Suspend: 'False', Active: 1, 'Last Schedule': '24h' },
    ],
    [
      'cronjobs.batch',
      { spec: { jobTemplate: {}, timeZone: 'Etc/UTC' } },
      { Timezone: 'Etc/UTC', Suspend: '<unset>', 'Last Schedule': '<none>' },
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
    ['endpoints', { subsets: [{ notReadyAddresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }, { Endpoints: '' }],
    ['endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }] }] }, { Endpoints: '10.0.0.1' }],
    [
      'endpoints',
      { subsets: [{ addresses: [{ ip: 'fd00::1' }], ports: [{ port: 80 }] }] },
      { Endpoints: '[fd00::1]:80' },
    ],
    [
      'endpointslices.discovery.k8s.io',
      { addressType: 'IPv4', ports: [{ port: 80 }], endpoints: [] },
      { AddressType: 'IPv4', Ports: '80', Endpoints: '<unset>' },
    ],
    [
      'endpointslices.discovery.k8s.io',
      {
        addressType: 'IPv4',
        ports: [{ name: 'a' }, {}, { port: 1 }, { port: 2 }],
        endpoints: [{ addresses: ['10.0.0.1', '10.0.0.2'] }, { addresses: ['10.0.0.3'] }, { addresses: ['10.0.0.4'] }],
      },
      { Ports: 'a,*,1 + 1 more...', Endpoints: '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...' },
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
    ['horizontalpodautoscalers.autoscaling', { spec: { maxReplicas: 3, scaleTargetRef: {} } }, { MinPods: '<unset>' }],
    [
      'certificatesigningrequests.certificates.k8s.io',
      {
        spec: { signerName: 's', username: 'u', expirationSeconds: 3600 },
        status: { certificate: 'Yg==', conditions: [{ type: 'Approved', status: 'True' }] },
      },
      { SignerName: 's', Requestor: 'u', RequestedDuration: '60m', Condition: 'Approved,Issued' },
    ],
    [
      'poddisruptionbudgets.policy',
      { spec: { minAvailable: '50%' } },
      { 'Min Available': '50%', 'Max Unavailable': 'N/A', 'Allowed Disruptions': 0 },
    ],
    ['csidrivers.storage.k8s.io', { spec: {} }, { AttachRequired: true, TokenRequests: '<unset>', Modes: '<none>' }],
    ['csidrivers.storage.k8s.io', { spec: { tokenRequests: [{ audience: '' }] } }, { TokenRequests: '' }],
    ['resourceclaims.resource.k8s.io', {}, { State: 'pending' }],
    [
      'resourceclaims.resource.k8s.io',
      { status: { allocation: {}, reservedFor: [{}] } },
      { State: 'allocated,reserved' },
    ],
    [
      'resourceslices.resource.k8s.io',
      { spec: { allNodes: true, driver: 'd', pool: { name: 'p' } } },
      { Node: '', Driver: 'd', Pool: 'p' },
    ],
    [
      'persistentvolumeclaims',
      { spec: { storageClassName: 's' }, status: { phase: 'Pending', capacity: { storage: '1Gi' } } },
      { Status: 'Pending', Volume: '', Capacity: '', 'Access Modes': '', StorageClass: 's', VolumeMode: '<unset>' },
    ],
    [
      'nodes',
      { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
      { Status: 'NotReady', Roles: '<none>' },
    ],
    ['nodes', {}, { Status: 'Unknown', 'OS-Image': '<unknown>', 'Kernel-Version': '<unknown>' }],
    [
      'nodes',
      { status: { nodeInfo: { kernelVersion: '6.1', architecture: 'arm64' } } },
      { 'Kernel-Version': '6.1 (arm64)' },
    ],
    [
      'endpointslices.discovery.k8s.io',
      { addressType: 'IPv4', ports: [{ name: '' }], endpoints: [] },
      { Ports: '<unset>' },
    ],
    [
      'events',
      {
        involvedObject: { kind: 'Pod', name: 'p' },
        eventTime: '2026-01-01T23:50:00.000000Z',
        series: { count: 7, lastObservedTime: '2026-01-01T23:59:30.000000Z' },
        source: { component: 'old' },
        reportingComponent: 'new',
        reportingInstance: 'i',
      },
      { 'Last Seen': '30s', 'First Seen': '10m', Count: 7, Source: 'old, i' },
    ],
    ['events', { involvedObject: {}, count: 3, series: { count: 0 } }, { Count: 0 }],
    [
      'rolebindings.rbac.authorization.k8s.io',
      {
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', name: 's', namespace: 'n' },
          { kind: 'Group', name: 'g', namespace: 'ignored' },
        ],
      },
      { Role: 'ClusterRole/view', Users: 'u', Groups: 'g', ServiceAccounts: 'n/s' },
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

it('a metric of an autoscaler is told by the status at its place, whatever that calls itself', () => {
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } }
  const pods = { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '5' } }
  const targets = horizontalPodAutoscalerColumns.find(({ name }) => name === 'Targets')
  const autoscaler = {
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { kind: 'Deployment', name: 'd' },
      metrics: [{ type: 'Resource', resource }, { type: 'Pods', pods }],
    },
    status: {
      currentMetrics: [
        { type: 'Other', resource: { name: 'cpu', current: { averageUtilization: 12 } } },
        { type: 'Pods', pods: { metric: { name: 'm' }, current: {} } },
      ],
    },
  } as unknown as V2HorizontalPodAutoscaler
  expect(targets?.cell(autoscaler, NOW)).toBe('cpu: 12%/80%, <nil>/5')
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
