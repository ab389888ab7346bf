/** Pods from templates (kubernetes pkg/controller/controller_utils.go, GetPodFromTemplate). */
import type { KindRef } from '../../apis/define-kind.ts'
import type { V1Pod, V1PodTemplateSpec } from '../../apis/generated/types.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import { controllerReference } from './ownership.ts'

/** A pod of `owner`, named by the server after it. Its spec is the template's own, not to be changed. */
export function podFromTemplate(kind: KindRef, owner: KubeObject, template: V1PodTemplateSpec | undefined): V1Pod {
  const { labels, annotations, finalizers } = template?.metadata ?? {}
  const { name = '', namespace } = owner.metadata
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(kind, owner)],
    },
    ...(template?.spec === undefined ? {} : { spec: template.spec }),
  }
}
