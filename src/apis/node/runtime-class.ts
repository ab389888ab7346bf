/**
 * RuntimeClass: which runtime runs a pod; `worker` is the one of isolates.
 * This is the kind's one entry (node.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/node/runtimeclass, pkg/apis/node/validation/validation.go.
 */
import { invalid } from '../../apimachinery/field-path.ts'
import { validateImmutable } from '../../apimachinery/metadata-validation.ts'
import { isDns1123Label } from '../../apimachinery/names.ts'
import { defineKind } from '../define-kind.ts'
import type { V1RuntimeClass } from '../generated/types.ts'
import { runtimeClassColumns } from '../small-group-columns.ts'

export const runtimeClass = defineKind<V1RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  resource: 'runtimeclasses',
  scope: 'Cluster',
  type: 'V1RuntimeClass',
  columns: runtimeClassColumns,
  strategy: {
    allowsCreateOnUpdate: true,
    validate: ({ handler }) => isDns1123Label(handler).map((why) => invalid('handler', handler, why)),
    validateUpdate: (next, previous) => validateImmutable(next.handler, previous.handler, 'handler'),
  },
})
