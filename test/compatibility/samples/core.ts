/** Of the core group, events.k8s.io and discovery.k8s.io. */
import { configMap } from '../../../src/apis/core/config-map/config-map.ts'
import { endpoints } from '../../../src/apis/core/endpoints/endpoints.ts'
import { event } from '../../../src/apis/core/event/event.ts'
import { namespace } from '../../../src/apis/core/namespace/namespace.ts'
import { node } from '../../../src/apis/core/node/node.ts'
import { podTemplate } from '../../../src/apis/core/pod-template/pod-template.ts'
import { pod } from '../../../src/apis/core/pod/pod.ts'
import { replicationController } from '../../../src/apis/core/replication-controller/replication-controller.ts'
import { secret } from '../../../src/apis/core/secret/secret.ts'
import { serviceAccount } from '../../../src/apis/core/service-account/service-account.ts'
import { service } from '../../../src/apis/core/service/service.ts'
import { persistentVolumeClaim } from '../../../src/apis/core/volume/persistent-volume-claim/persistent-volume-claim.ts'
import { persistentVolume } from '../../../src/apis/core/volume/persistent-volume/persistent-volume.ts'
import { endpointSlice } from '../../../src/apis/discovery/endpoint-slice/endpoint-slice.ts'
import { eventsEvent } from '../../../src/apis/events/event.ts'
import type { Sample } from './sample.ts'
import { CONTAINERS } from './sample.ts'

const READ_BY_PODS = [
  'kubelet/runtimes/environment.test.ts',
  'come from ConfigMaps, Secrets, the downward API and tokens, by path',
] as const

export const CORE: readonly Sample[] = [
  {
    definition: configMap,
    object: { data: { key: 'value' } },
    wrong: { change: { data: { 'a/b': 'c' } }, field: 'data[a/b]' },
    shownBy: READ_BY_PODS,
  },
  {
    definition: endpoints,
    object: { subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ port: 80 }] }] },
    defaults: { 'subsets.0.ports.0.protocol': 'TCP' },
    wrong: {
      change: { subsets: [{ addresses: [{ ip: 'x' }], ports: [{ port: 80 }] }] },
      field: 'subsets[0].addresses[0].ip',
    },
    shownBy: [
      'controllers/endpoint-slice-mirroring/endpoint-slice-mirroring.test.ts',
      'follows Endpoints, and takes the slices away once the Service has a selector',
    ],
  },
  {
    definition: event,
    object: { involvedObject: { namespace: 'ns' }, reason: 'Probed' },
    wrong: { change: { involvedObject: { namespace: 'other' } }, field: 'involvedObject.namespace' },
    isData: true,
  },
  {
    definition: namespace,
    object: {},
    defaults: {
      'spec.finalizers': ['kubernetes'],
      'status.phase': 'Active',
      'metadata.labels': { 'kubernetes.io/metadata.name': 'sample' },
    },
    wrong: 'name',
    shownBy: ['controllers/namespace/namespace.test.ts', 'loses its pods first, then the rest, and then goes'],
  },
  {
    definition: node,
    object: {},
    wrong: { change: { spec: { taints: [{ key: 'a', effect: 'Never' }] } }, field: 'metadata.taints[0].effect' },
  },
  {
    definition: persistentVolume,
    object: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } },
    defaults: {
      'spec.persistentVolumeReclaimPolicy': 'Retain',
      'spec.volumeMode': 'Filesystem',
      'spec.hostPath.type': '',
    },
    wrong: { change: { spec: { capacity: { storage: '-1' } } }, field: 'spec.capacity[storage]' },
  },
  {
    definition: persistentVolumeClaim,
    object: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    defaults: { 'spec.volumeMode': 'Filesystem', 'status.phase': 'Pending' },
    wrong: { change: { spec: { accessModes: [] } }, field: 'spec.accessModes' },
  },
  {
    definition: pod,
    object: { spec: { containers: [{ ...CONTAINERS[0], resources: { requests: { cpu: '100m' } } }] } },
    defaults: {
      'spec.restartPolicy': 'Always',
      'spec.dnsPolicy': 'ClusterFirst',
      'spec.terminationGracePeriodSeconds': 30,
      'spec.containers.0.imagePullPolicy': 'IfNotPresent',
      'spec.schedulerName': 'default-scheduler',
    },
    wrong: { change: { spec: { restartPolicy: 'Sometimes' } }, field: 'spec.restartPolicy' },
    shownBy: [
      'scheduler/scheduler.test.ts',
      'binds pods of one batch with regard to each other, and reports who is left over',
    ],
  },
  {
    definition: podTemplate,
    object: { template: { spec: { containers: CONTAINERS } } },
    defaults: { 'template.spec.restartPolicy': 'Always' },
    wrong: { change: { template: { spec: { containers: [] } } }, field: 'template.spec.containers' },
    isData: true,
  },
  {
    definition: replicationController,
    object: {
      spec: { selector: { a: 'b' }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: CONTAINERS } } },
    },
    defaults: { 'spec.replicas': 1 },
    wrong: { change: { spec: { replicas: -1 } }, field: 'spec.replicas' },
  },
  {
    definition: secret,
    object: { data: { key: 'dmFsdWU=' } },
    defaults: { type: 'Opaque' },
    wrong: { change: { type: 'kubernetes.io/tls' }, field: 'data[tls.crt]' },
    shownBy: READ_BY_PODS,
  },
  {
    definition: service,
    object: { spec: { selector: { a: 'b' }, ports: [{ port: 80 }] } },
    defaults: {
      'spec.type': 'ClusterIP',
      'spec.sessionAffinity': 'None',
      'spec.ports.0.protocol': 'TCP',
      'spec.ports.0.targetPort': 80,
      'spec.internalTrafficPolicy': 'Cluster',
    },
    wrong: { change: { spec: { ports: [{ port: 0 }] } }, field: 'spec.ports[0].port' },
  },
  {
    definition: serviceAccount,
    object: {},
    wrong: 'name',
    shownBy: ['auth/token-request.test.ts', 'is answered with its defaults filled in and a token that verifies'],
  },
  {
    definition: endpointSlice,
    object: { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.7'] }], ports: [{ port: 80 }] },
    defaults: { 'ports.0.name': '', 'ports.0.protocol': 'TCP' },
    wrong: { change: { endpoints: [{ addresses: ['x'] }] }, field: 'endpoints[0].addresses[0]' },
    shownBy: [
      'proxy/router.test.ts',
      'asks for endpoints anew when one of them is gone, and finds those that have come',
    ],
  },
  {
    definition: eventsEvent,
    object: {
      eventTime: '2026-01-02T03:04:05.000006Z',
      type: 'Normal',
      reason: 'Probed',
      action: 'Probe',
      reportingController: 'example.com/probe',
      reportingInstance: 'one',
      regarding: { namespace: 'ns' },
    },
    wrong: { change: { type: 'Odd' }, field: 'type' },
    isData: true,
  },
]
