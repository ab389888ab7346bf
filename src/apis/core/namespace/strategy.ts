/**
 * How Namespace objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/namespace/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Namespace } from '../../generated/types.ts'
import { copyField, specAndStatusStrategy } from '../../status-strategy.ts'
import { nameLabel } from './name-label.ts'
import { validateNamespace, validateNamespaceFinalize, validateNamespaceStatusUpdate } from './validation.ts'

const KUBERNETES_FINALIZER = 'kubernetes'

const base = specAndStatusStrategy<V1Namespace>('V1Namespace', {
  allowsUnconditionalUpdate: true,
})

export const namespaceStrategy: Strategy<V1Namespace> = {
  ...base,
  marksItself: 'withDependents',
  prepareForCreate(next) {
    next.status = { phase: 'Active' }
    const finalizers = next.spec?.finalizers ?? []
    // Without it the namespace would be gone before what is in it.
    if (!finalizers.includes(KUBERNETES_FINALIZER)) {
      next.spec = { ...next.spec, finalizers: [...finalizers, KUBERNETES_FINALIZER] }
    }
  },
  validate: validateNamespace,
  canonicalize(next) {
    nameLabel(next)
    return false
  },
  // Finalizers go through namespaces/finalize only.
  prepareForUpdate(next, previous) {
    copyField(next, previous, 'spec')
    copyField(next, previous, 'status')
  },
  prepareForDelete(next) {
    next.status = { ...next.status, phase: 'Terminating' }
  },
  validateUpdate: validateNamespace,
  status: { ...base.status, validateUpdate: validateNamespaceStatusUpdate },
  finalize: { validateUpdate: validateNamespaceFinalize },
  // A namespace is gone only when namespaces/finalize has emptied this list.
  isHeldBySpec: (subject) => (subject.spec?.finalizers ?? []).length > 0,
}
