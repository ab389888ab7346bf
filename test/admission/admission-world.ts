/** A request and its surroundings for the admission tables: what is not given is a pod created in `shop`. */
import type { AnyObject, KubeObject } from '../../src/apimachinery/meta.ts'
import { ApiStatusError } from '../../src/apimachinery/status-error.ts'
import { defineKind } from '../../src/apis/define-kind.ts'
import type { AdmissionAttributes, AdmissionContext } from '../../src/admission/plugin.ts'
import type { StoreReader } from '../../src/store/object-store.ts'

const namespaced = { scope: 'Namespaced', version: 'v1' } as const
const clusterWide = { scope: 'Cluster', version: 'v1' } as const

export const KINDS = {
  pods: defineKind({ ...namespaced, group: '', kind: 'Pod', resource: 'pods', type: 'V1Pod' }),
  configmaps: defineKind({ ...namespaced, group: '', kind: 'ConfigMap', resource: 'configmaps', type: 'V1ConfigMap' }),
  persistentvolumeclaims: defineKind(
    {
      ...namespaced,
      group: '',
      kind: 'PersistentVolumeClaim',
      resource: 'persistentvolumeclaims',
      type: 'V1PersistentVolumeClaim',
    },
  ),
  namespaces: defineKind({ ...clusterWide, group: '', kind: 'Namespace', resource: 'namespaces', type: 'V1Namespace' }),
  nodes: defineKind({ ...clusterWide, group: '', kind: 'Node', resource: 'nodes', type: 'V1Node' }),
  priorityclasses: defineKind(
    {
      ...clusterWide,
      group: 'scheduling.k8s.io',
      kind: 'PriorityClass',
      resource: 'priorityclasses',
      type: 'V1PriorityClass',
    },
  ),
  reviews: defineKind(
    {
      ...namespaced,
      group: 'authorization.k8s.io',
      kind: 'LocalSubjectAccessReview',
      resource: 'localsubjectaccessreviews',
      type: 'V1LocalSubjectAccessReview',
    },
  ),
  clusterroles: defineKind(
    {
      ...clusterWide,
      group: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      resource: 'clusterroles',
      type: 'V1ClusterRole',
    },
  ),
}

export function anObject(kind: string, name: string, rest: Record<string, unknown> = {}): AnyObject {
  const { metadata, ...fields } = rest
  return { apiVersion: 'v1', kind, metadata: { name, ...(metadata as object | undefined) }, ...fields }
}

export function aPod(spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): AnyObject {
  return anObject('Pod', 'web', { metadata, spec: { containers: [{ name: 'main' }], ...spec } })
}

export function attributes(given: Partial<AdmissionAttributes> = {}): AdmissionAttributes {
  return {
    operation: 'CREATE',
    definition: KINDS.pods,
    subresource: '',
    namespace: 'shop',
    name: given.object?.metadata.name ?? 'web',
    user: { username: 'ann', groups: [] },
    object: undefined,
    oldObject: undefined,
    isDryRun: false,
    ...given,
  }
}

export interface World {
  /** Objects by `resource/name`: of the namespace, or of the cluster policy. */
  readonly objects?: Readonly<Record<string, object>>
  readonly namespacePhase?: AdmissionContext['namespacePhase']
}

const noStore = new Proxy({}, {
  get: (_, property) => {
    throw new Error(`the store was not to be asked (${String(property)})`)
  },
}) as StoreReader

export function context({ objects = {}, namespacePhase = 'active' }: World = {}): AdmissionContext {
  const find = <T extends KubeObject>(
    resource: string,
    name: string,
  ): T | undefined => objects[`${resource}/${name}`] as T | undefined
  const all = <T extends KubeObject>(resource: string): T[] =>
    Object.entries(objects).filter(([key]) => key.startsWith(`${resource}/`)).map(([, value]) => value as T)
  return {
    policy: { revision: 1, find, all },
    store: noStore,
    find,
    namespacePhase,
    nowMs: 0,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    warn: (text) => {
      throw new Error(`unexpected warning ${text}`)
    },
  }
}

/** What the client reads when `act` is refused. */
export function refused(act: () => void): ApiStatusError['status'] {
  try {
    act()
  } catch (error) {
    if (error instanceof ApiStatusError) return error.status
    throw error
  }
  throw new Error('was not refused')
}
