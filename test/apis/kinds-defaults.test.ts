/**
 * Defaults as tables of given → want, through decoding as the server does it. Expected values are what upstream 1.36
 * answers (pkg/apis/GROUP/v1/defaults.go).
 */
import { describe, expect, it } from 'vitest'
import { decodeObject } from '../../src/apimachinery/schema/decode.ts'
import { applyDefaults } from '../../src/apis/defaulting.ts'
import { DEFAULTS } from '../../src/apis/defaults.ts'
import { KINDS } from '../../src/apis/kinds.ts'
import { schema } from '../../src/apis/schema.ts'
import type { V1Node } from '../../src/apis/generated/types.ts'

function defaulted(apiVersion: string, kind: string, body: object): unknown {
  const definition = KINDS.find(
    ({ group, version, kind: name }) =>
      name === kind && (group === '' ? version : `${group}/${version}`) === apiVersion,
  )
  if (definition === undefined) throw new Error(`no kind ${apiVersion} ${kind}`)
  const { object } = decodeObject(schema, definition.type, { apiVersion, kind, metadata: { name: 'x' }, ...body })
  applyDefaults(definition, object)
  return object
}

const podSpec = {
  restartPolicy: 'Always',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
}
const container = {
  name: 'c',
  image: 'web:1',
  imagePullPolicy: 'IfNotPresent',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
}
const template = { metadata: {}, spec: { ...podSpec, containers: [container] } }
const bare = { metadata: {}, spec: { containers: [{ name: 'c', image: 'web:1' }] } }

interface Row {
  readonly what: string
  readonly of: readonly [string, string]
  readonly given: object
  readonly want: object
}

const ROWS: readonly Row[] = [
  {
    what: 'a pod gets its policies, and service links',
    of: ['v1', 'Pod'],
    given: { spec: { containers: [{ name: 'c', image: 'web:1' }] } },
    want: { spec: { ...podSpec, containers: [container], enableServiceLinks: true } },
  },
  {
    what: 'requests are taken from limits, name by name, in pods',
    of: ['v1', 'Pod'],
    given: {
      spec: {
        containers: [{ name: 'c', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '0.5' } } }],
      },
    },
    want: {
      spec: {
        containers: [{ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } } }],
      },
    },
  },
  {
    what: 'resources finer than a thousandth are rounded up',
    of: ['v1', 'Pod'],
    given: { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '0.0001' } } }] } },
    want: { spec: { containers: [{ resources: { requests: { cpu: '1m' } } }] } },
  },
  {
    what: 'a volume is kept and has files, whoever else describes one',
    of: ['v1', 'PersistentVolume'],
    given: { spec: { capacity: { storage: '1Gi' } } },
    want: { spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' } },
  },
  {
    what: 'an attachment says no more of the volume within it than it was told',
    of: ['storage.k8s.io/v1', 'VolumeAttachment'],
    given: { spec: { source: { inlineVolumeSpec: { iscsi: {} } } } },
    want: { spec: { source: { inlineVolumeSpec: { iscsi: { iscsiInterface: 'default' } } } } },
  },
  {
    what: "a service account's name stands under the old field as well",
    of: ['apps/v1', 'Deployment'],
    given: { spec: { template: { spec: { serviceAccountName: 'robot', serviceAccount: 'former' } } } },
    want: { spec: { template: { spec: { serviceAccountName: 'robot', serviceAccount: 'robot' } } } },
  },
  {
    what: 'a service account under the old field is one under the new',
    of: ['v1', 'Pod'],
    given: { spec: { serviceAccount: 'robot' } },
    want: { spec: { serviceAccountName: 'robot', serviceAccount: 'robot' } },
  },
  {
    what: 'probes get their numbers, HTTP probes a path and a scheme',
    of: ['v1', 'Pod'],
    given: {
      spec: {
        containers: [
          {
            name: 'c',
            livenessProbe: { httpGet: { port: 80 } },
            startupProbe: { grpc: { port: 1 }, periodSeconds: 3 },
          },
        ],
      },
    },
    want: {
      spec: {
        containers: [
          {
            livenessProbe: {
              httpGet: { path: '/', port: 80, scheme: 'HTTP' },
              timeoutSeconds: 1,
              periodSeconds: 10,
              successThreshold: 1,
              failureThreshold: 3,
            },
            startupProbe: {
              grpc: { port: 1, service: '' },
              timeoutSeconds: 1,
              periodSeconds: 3,
              successThreshold: 1,
              failureThreshold: 3,
            },
          },
        ],
      },
    },
  },
  {
    what: 'ports get a protocol, and a host port on the host network',
    of: ['v1', 'Pod'],
    given: { spec: { hostNetwork: true, containers: [{ name: 'c', ports: [{ containerPort: 80 }] }] } },
    want: { spec: { containers: [{ ports: [{ containerPort: 80, protocol: 'TCP', hostPort: 80 }] }] } },
  },
  {
    what: 'volumes get file modes, a token an hour, and nothing said is an empty directory',
    of: ['v1', 'Pod'],
    given: {
      spec: {
        containers: [],
        volumes: [
          { name: 'a' },
          { name: 'b', configMap: { name: 'x' } },
          { name: 'c', secret: { secretName: 'x' } },
          {
            name: 'd',
            projected: {
              sources: [
                { serviceAccountToken: { path: 'token' } },
                { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
              ],
            },
          },
          { name: 'e', hostPath: { path: '/' } },
        ],
      },
    },
    want: {
      spec: {
        volumes: [
          { name: 'a', emptyDir: {} },
          { name: 'b', configMap: { name: 'x', defaultMode: 420 } },
          { name: 'c', secret: { secretName: 'x', defaultMode: 420 } },
          {
            name: 'd',
            projected: {
              defaultMode: 420,
              sources: [
                { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
                { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } }] } },
              ],
            },
          },
          { name: 'e', hostPath: { path: '/', type: '' } },
        ],
      },
    },
  },
  {
    what: 'environment taken from fields is of version v1',
    of: ['v1', 'Pod'],
    given: {
      spec: {
        containers: [{ name: 'c', env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }],
      },
    },
    want: { spec: { containers: [{ env: [{ valueFrom: { fieldRef: { apiVersion: 'v1' } } }] }] } },
  },
  {
    what: 'a Service gets type, affinity, policy, protocol and target port',
    of: ['v1', 'Service'],
    given: { spec: { ports: [{ port: 80 }] } },
    want: {
      spec: {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      },
      status: { loadBalancer: {} },
    },
  },
  {
    what: 'a Service of type LoadBalancer gets node ports and an external policy',
    of: ['v1', 'Service'],
    given: { spec: { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 'http' }], sessionAffinity: 'ClientIP' } },
    want: {
      spec: {
        allocateLoadBalancerNodePorts: true,
        externalTrafficPolicy: 'Cluster',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
        ports: [{ port: 80, protocol: 'TCP', targetPort: 'http' }],
      },
    },
  },
  {
    what: 'a Deployment rolls by a quarter and keeps ten revisions',
    of: ['apps/v1', 'Deployment'],
    given: { spec: { selector: {}, template: bare } },
    want: {
      spec: {
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template,
      },
      status: {},
    },
  },
  {
    what: 'a Deployment with zero replicas keeps them',
    of: ['apps/v1', 'Deployment'],
    given: { spec: { replicas: 0, selector: {}, strategy: { type: 'Recreate' }, template: bare } },
    want: { spec: { replicas: 0, strategy: { type: 'Recreate' } } },
  },
  {
    what: 'a ReplicaSet has one replica',
    of: ['apps/v1', 'ReplicaSet'],
    given: { spec: { selector: {}, template: bare } },
    want: { spec: { replicas: 1 }, status: { replicas: 0 } },
  },
  {
    what: 'a StatefulSet is ordered, rolls from partition 0 and retains claims',
    of: ['apps/v1', 'StatefulSet'],
    given: {
      spec: {
        serviceName: 'x',
        selector: {},
        template: bare,
        volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: {} }],
      },
    },
    want: {
      spec: {
        podManagementPolicy: 'OrderedReady',
        replicas: 1,
        revisionHistoryLimit: 10,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [{ spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }],
      },
    },
  },
  {
    what: 'a DaemonSet rolls one by one',
    of: ['apps/v1', 'DaemonSet'],
    given: { spec: { selector: {}, template: bare } },
    want: {
      spec: {
        revisionHistoryLimit: 10,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      },
    },
  },
  {
    what: 'a DaemonSet whose pods are deleted by hand gets no numbers, and prints none that it has',
    of: ['apps/v1', 'DaemonSet'],
    given: { spec: { selector: {}, template: bare, updateStrategy: { type: 'OnDelete', rollingUpdate: {} } } },
    want: { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: { maxUnavailable: 0, maxSurge: 0 } } } },
  },
  {
    what: 'a Job runs once, six failures at most, and takes its template’s labels',
    of: ['batch/v1', 'Job'],
    given: {
      spec: { template: { metadata: { labels: { a: 'b' } }, spec: { restartPolicy: 'Never', containers: [] } } },
    },
    want: {
      metadata: { labels: { a: 'b' } },
      spec: {
        completions: 1,
        parallelism: 1,
        backoffLimit: 6,
        completionMode: 'NonIndexed',
        suspend: false,
        manualSelector: false,
        podReplacementPolicy: 'TerminatingOrFailed',
      },
    },
  },
  {
    what: 'a CronJob allows concurrency and keeps three successes',
    of: ['batch/v1', 'CronJob'],
    given: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: bare } } } },
    want: {
      spec: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
    },
  },
  {
    what: 'a Namespace is labelled with its name and active',
    of: ['v1', 'Namespace'],
    given: {},
    want: { metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } }, status: { phase: 'Active' } },
  },
  {
    what: 'a Node can allocate all it has',
    of: ['v1', 'Node'],
    given: { status: { capacity: { cpu: '2' } } },
    want: { status: { allocatable: { cpu: '2' }, capacity: { cpu: '2' } } },
  },
  { what: 'a Secret is opaque', of: ['v1', 'Secret'], given: {}, want: { type: 'Opaque' } },
  {
    what: 'a slice’s ports have a name and a protocol',
    of: ['discovery.k8s.io/v1', 'EndpointSlice'],
    given: { addressType: 'IPv4', endpoints: [], ports: [{ port: 80 }] },
    want: { ports: [{ name: '', port: 80, protocol: 'TCP' }] },
  },
  {
    what: 'a binding’s references are in the group of RBAC',
    of: ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
    given: {
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    },
    want: {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's', namespace: 'n' },
      ],
    },
  },
  {
    what: 'a PriorityClass preempts',
    of: ['scheduling.k8s.io/v1', 'PriorityClass'],
    given: { value: 1 },
    want: { preemptionPolicy: 'PreemptLowerPriority' },
  },
  {
    what: 'an autoscaler without metrics looks at the CPU, and fills in a behavior that is there',
    of: ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    given: {
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment', name: 'd' },
        behavior: { scaleDown: { selectPolicy: 'Min' } },
      },
    },
    want: {
      spec: {
        minReplicas: 1,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
          scaleDown: { selectPolicy: 'Min', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
        },
      },
    },
  },
]

describe('defaults', () => {
  it('are none of a Node that says that it can allocate nothing', () => {
    const { status } = defaulted('v1', 'Node', { status: { capacity: { cpu: '2' }, allocatable: {} } }) as V1Node
    expect([status?.capacity, status?.allocatable]).toEqual([{ cpu: '2' }, undefined])
  })

  it.each(ROWS)('$what', ({ of: [apiVersion, kind], given, want }) => {
    expect(defaulted(apiVersion, kind, given)).toMatchObject(want)
  })

  it('are filled in once: a second pass changes nothing', () => {
    for (const {
      of: [apiVersion, kind],
      given,
    } of ROWS) {
      const once = defaulted(apiVersion, kind, given)
      expect(defaulted(apiVersion, kind, structuredClone(once) as object)).toEqual(once)
    }
  })

  it('do not give a Job’s defaults to the template of a CronJob', () => {
    const { spec } = defaulted('batch/v1', 'CronJob', {
      spec: { schedule: '* * * * *', jobTemplate: { spec: { template: bare } } },
    }) as { spec: { jobTemplate: object } }
    expect(spec.jobTemplate).toEqual({ metadata: {}, spec: { template } })
  })

  it('do not give a pod’s defaults to templates', () => {
    const { spec } = defaulted('apps/v1', 'ReplicaSet', {
      spec: {
        selector: {},
        template: { spec: { containers: [{ name: 'c', image: 'web:1', resources: { limits: { cpu: '1' } } }] } },
      },
    }) as { spec: { template: { spec: { enableServiceLinks?: boolean; containers: { resources: object }[] } } } }
    expect(spec.template.spec.enableServiceLinks).toBeUndefined()
    expect(spec.template.spec.containers[0]?.resources).toEqual({ limits: { cpu: '1' } })
  })

  it.each([
    ['web', 'Always'],
    ['web:latest', 'Always'],
    ['web:1', 'IfNotPresent'],
    ['registry:5000/web', 'Always'],
    ['registry:5000/web:2', 'IfNotPresent'],
    ['web@sha256:0123456789abcdef', 'IfNotPresent'],
    ['', 'IfNotPresent'],
    ['not an image', 'IfNotPresent'],
    ['Web', 'IfNotPresent'],
    ['0123456789abcdef'.repeat(4), 'IfNotPresent'],
    ['Registry.example/team/web', 'Always'],
    ['localhost/a__b/c-d.e', 'Always'],
    ['[fd00::1]:5000/web', 'Always'],
    [`web:latest@sha256:${'a'.repeat(64)}`, 'Always'],
    [`web:latest@sha256:${'a'.repeat(32)}`, 'IfNotPresent'],
    ['a'.repeat(247), 'Always'],
    ['a'.repeat(248), 'IfNotPresent'],
    [`localhost/${'a'.repeat(255)}`, 'Always'],
    [`team/${'a'.repeat(255)}`, 'IfNotPresent'],
  ])('image %j is pulled %s', (image, imagePullPolicy) => {
    expect(defaulted('v1', 'Pod', { spec: { containers: [{ name: 'c', image }] } })).toMatchObject({
      spec: { containers: [{ imagePullPolicy }] },
    })
  })

  it('speak only of types that the schema has', () => {
    expect(Object.keys(DEFAULTS).filter((type) => !schema.hasType(type))).toEqual([])
    for (const [type, { fields = {} }] of Object.entries(DEFAULTS)) {
      const known = [...schema.structOf(type).fields.keys()]
      expect([type, Object.keys(fields).filter((field) => !known.includes(field))]).toEqual([type, []])
    }
  })
})
