/** What the endpoints that change a part of a pod leave as it is. */
import type { KubeObject } from '../../../../apimachinery/meta.ts'
import { copyMetadata } from '../../../status-strategy.ts'

/** The field of errors about the pod as a whole: Go prints a path without a name like an index of nothing. */
export const NO_FIELD = '[]'

/** ResetObjectMetaForStatus of k8s.io/apimachinery pkg/apis/meta/v1/meta.go. */
export function keepMetadata(next: KubeObject, previous: KubeObject): void {
  copyMetadata(next, previous, 'annotations')
  copyMetadata(next, previous, 'labels')
  copyMetadata(next, previous, 'ownerReferences')
  delete next.metadata.finalizers
  if (previous.metadata.finalizers !== undefined) next.metadata.finalizers = previous.metadata.finalizers
}
