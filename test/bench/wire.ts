/**
 * Protobuf: what a Pod costs in and out, in this process; and a list of 5,000 pods in it, with what the server's memory
 * grows by meanwhile.
 */
import { PROTOBUF_MEDIA_TYPE, readEnvelope } from '../../src/apimachinery/wire/protobuf/codec.ts'
import { protobufCodec } from '../../src/apis/facts/protobuf-facts.ts'
import { cpuUsOf } from './cpu-time.ts'
import type { ListRow } from './lists.ts'
import { measureList, measureReading } from './lists.ts'
import { startNamespace } from './pods.ts'
import type { Server } from './server.ts'

const LISTED = 5000
const REPEATS = 8

const TIME = '2026-11-26T12:00:00Z'
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
const POD_TYPE = { apiVersion: 'v1', kind: 'Pod' }

export interface WireFigures {
  /** Microseconds of CPU: bytes to JSON, and JSON text to bytes. */
  readonly podInUs: number
  readonly podOutUs: number
  readonly list: ListRow
  /** The same pods in JSON, over all namespaces. */
  readonly listOverAll: ListRow
}

const probe = (path: string): object => ({
  httpGet: { path, port: 'http', scheme: 'HTTP' },
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
})

const SPEC = {
  volumes: [
    { name: 'config', configMap: { name: 'web-config', defaultMode: 420 } },
    {
      name: 'kube-api-access-abcde',
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
        defaultMode: 420,
      },
    },
  ],
  containers: [
    {
      name: 'web',
      image: 'registry.example.com/team/web:1.2.3',
      ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
      env: [
        { name: 'MODE', value: 'production' },
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'web' } } },
      ],
      resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
      volumeMounts: [
        { name: 'config', mountPath: '/etc/web' },
        { name: 'kube-api-access-abcde', readOnly: true, mountPath: ACCOUNT },
      ],
      livenessProbe: probe('/healthz'),
      readinessProbe: probe('/ready'),
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'IfNotPresent',
      securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false },
    },
  ],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  serviceAccountName: 'default',
  serviceAccount: 'default',
  securityContext: {},
  // Nobody binds it: a list of pods that stand still.
  schedulerName: 'nobody',
  tolerations: ['not-ready', 'unreachable'].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  })),
  enableServiceLinks: true,
}

const STATUS = {
  phase: 'Running',
  conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: TIME,
  })),
  hostIP: '10.0.0.1',
  hostIPs: [{ ip: '10.0.0.1' }],
  podIP: '10.1.0.1',
  podIPs: [{ ip: '10.1.0.1' }],
  startTime: TIME,
  containerStatuses: [
    {
      name: 'web',
      state: { running: { startedAt: TIME } },
      lastState: {},
      ready: true,
      restartCount: 0,
      image: 'registry.example.com/team/web:1.2.3',
      imageID: `registry.example.com/team/web@sha256:${'a'.repeat(64)}`,
      containerID: `containerd://${'b'.repeat(64)}`,
      started: true,
    },
  ],
  qosClass: 'Burstable',
}

const META = {
  name: 'web-5d4f8c7b9-x2x9k',
  generateName: 'web-5d4f8c7b9-',
  namespace: 'default',
  uid: '0f9b3f0e-6a0f-4d8f-9a52-1f9f3b1c2d3e',
  resourceVersion: '12345',
  creationTimestamp: TIME,
  labels: { app: 'web', 'pod-template-hash': '5d4f8c7b9' },
  annotations: { 'kubectl.kubernetes.io/restartedAt': TIME },
  ownerReferences: [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web-5d4f8c7b9',
      uid: '1f9b3f0e-6a0f-4d8f-9a52-1f9f3b1c2d3e',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
}

export async function measureWire(server: Server, run: string): Promise<WireFigures> {
  const pod = { ...POD_TYPE, metadata: META, spec: SPEC, status: STATUS }
  const text = JSON.stringify(pod)
  const bytes = protobufCodec.encode('core.v1.Pod', POD_TYPE, pod)
  const podInUs = cpuUsOf(() => protobufCodec.decode('core.v1.Pod', readEnvelope(bytes).raw))
  const podOutUs = cpuUsOf(() => protobufCodec.encode('core.v1.Pod', POD_TYPE, JSON.parse(text)))
  const list = await measurePodList(server, run)
  const everywhere = { method: 'GET', path: '/api/v1/pods' } as const
  return { podInUs, podOutUs, list, listOverAll: await measureReading(server, LISTED, REPEATS, everywhere) }
}

async function measurePodList(server: Server, run: string): Promise<ListRow> {
  const namespace = `wire-${run}`
  await startNamespace(server, namespace)
  const { labels, annotations } = META
  return measureList(server, {
    path: `/api/v1/namespaces/${namespace}/pods`,
    object: (n) => ({ ...POD_TYPE, metadata: { name: `web-${String(n)}`, labels, annotations }, spec: SPEC }),
    objects: LISTED,
    repeats: REPEATS,
    accept: PROTOBUF_MEDIA_TYPE,
  })
}
