/** Objects for controller tests, whole as after defaulting. */
import type {
  V1Container,
  V1Deployment,
  V1DeploymentSpec,
  V1Pod,
  V1ReplicaSet,
  V1Service,
  V1ServiceSpec,
} from '../../src/apis/generated/types.ts'
import type { KindRef } from '../../src/apis/define-kind.ts'
import type { KubeObject, ObjectMeta } from '../../src/apimachinery/meta.ts'
import type { ControllersWorld } from '../support/controllers-world.ts'

export const containers: V1Container[] = [{ name: 'main', image: 'app:1' }]

export function aReplicaSet(replicas: number, spec: Partial<NonNullable<V1ReplicaSet['spec']>> = {}): V1ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'ns' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
      ...spec,
    },
    status: { replicas: 0 },
  }
}

export function aDeployment(replicas: number, spec: Partial<V1DeploymentSpec> = {}, image = 'app:1'): V1Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'ns' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
    },
    status: {},
  }
}

export interface PodTraits {
  readonly name?: string
  readonly phase?: string
  readonly isReady?: boolean
  readonly readySince?: string
  readonly node?: string
  readonly created?: string
  readonly cost?: string
  readonly restarts?: number
  readonly isGoing?: boolean
  readonly metadata?: ObjectMeta
}

export function aPod(traits: PodTraits = {}): V1Pod {
  const { name = 'p', phase = 'Running', isReady = false, readySince = '2026-01-01T00:00:00Z', node, cost } = traits
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'ns',
      uid: `uid-${name}`,
      labels: { app: 'web' },
      creationTimestamp: traits.created ?? '2026-01-01T00:00:00Z',
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
      ...(traits.isGoing === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      ...traits.metadata,
    },
    spec: { containers, ...(node === undefined ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: readySince }],
      containerStatuses: [
        { name: 'main', image: '', imageID: '', ready: isReady, restartCount: traits.restarts ?? 0 },
      ],
    },
  }
}

/** As a client sends it: with neither node nor status. */
export function anUnboundPod(name: string): V1Pod {
  const metadata = { name, namespace: 'ns', labels: { app: 'web' } }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers } }
}

export function aService(spec: V1ServiceSpec = {}, labels?: Record<string, string>): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'ns', ...(labels === undefined ? {} : { labels }) },
    spec: {
      clusterIP: '10.96.0.9',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
      ...spec,
    },
  }
}

/** What is there, or is made now. */
export async function ensure<T extends KubeObject>(world: ControllersWorld, kind: KindRef<T>, object: T): Promise<T> {
  const { name = '', namespace } = object.metadata
  const found = await world.api.find(kind, { name, ...(namespace === undefined ? {} : { namespace }) })
  return found ?? world.api.create(kind, object)
}

/** Creates, or gives what is there this spec. */
export async function put<T extends KubeObject>(world: ControllersWorld, kind: KindRef<T>, object: T): Promise<T> {
  const { name = '', namespace } = object.metadata
  const found = await world.api.find(kind, { name, ...(namespace === undefined ? {} : { namespace }) })
  if (found === undefined) return world.api.create(kind, object)
  return world.api.update(kind, { ...object, metadata: { ...found.metadata, ...object.metadata } })
}
