/**
 * Who may have a larger volume: a bound claim, of a storage class whose volumes grow
 * (plugin/pkg/admission/storage/persistentvolume/resize). Classes come from the policy copy.
 */
import type { KubeObject } from '../../apimachinery/meta.ts'
import { compareQuantities } from '../../apimachinery/quantity.ts'
import type { V1PersistentVolumeClaim } from '../../apis/generated/types.ts'
import type { ClusterPolicy } from '../../auth/cluster-policy.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { refusal } from '../refuse.ts'

interface StorageClass extends KubeObject {
  allowVolumeExpansion?: boolean
}

/** Where a claim's class stood before it was a field, and where it is looked for first. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class'

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: ({ operation, definition, subresource }) =>
    operation === 'UPDATE' &&
    definition.group === '' &&
    definition.resource === 'persistentvolumeclaims' &&
    subresource === '',
  validate(attributes, { policy }) {
    const { object, oldObject } = attributes
    if (object === undefined || oldObject === undefined) return
    const [next, previous]: V1PersistentVolumeClaim[] = [object, oldObject]
    if (compareQuantities(sizeOf(next), sizeOf(previous)) <= 0) return
    if (previous?.status?.phase !== 'Bound') {
      throw refusal(attributes, 'Only bound persistent volume claims can be expanded')
    }
    if (grows(classOf(next), classOf(previous), policy)) return
    const why = 'and the storageclass that provisions the pvc must support resize'
    throw refusal(attributes, `only dynamically provisioned pvc can be resized ${why}`)
  },
}

function sizeOf(claim: V1PersistentVolumeClaim | undefined): string {
  return claim?.spec?.resources?.requests?.['storage'] ?? '0'
}

function classOf(claim: V1PersistentVolumeClaim | undefined): string {
  return claim?.metadata.annotations?.[CLASS_ANNOTATION] ?? claim?.spec?.storageClassName ?? ''
}

function grows(next: string, previous: string, policy: ClusterPolicy): boolean {
  if (next === '' || next !== previous) return false
  return policy.find<StorageClass>('storageclasses.storage.k8s.io', next)?.allowVolumeExpansion === true
}
