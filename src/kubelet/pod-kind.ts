/** How a kubelet addresses pods, and the two objects that pods take configuration from, through the API. */
import type { V1ConfigMap, V1Pod, V1Secret } from '../apis/generated/types.ts'
import type { KindRef } from '../apis/define-kind.ts'

const core = { group: '', version: 'v1', scope: 'Namespaced' } as const

export const POD: KindRef<V1Pod> = { ...core, kind: 'Pod', resource: 'pods' }
export const CONFIG_MAP: KindRef<V1ConfigMap> = { ...core, kind: 'ConfigMap', resource: 'configmaps' }
export const SECRET: KindRef<V1Secret> = { ...core, kind: 'Secret', resource: 'secrets' }
