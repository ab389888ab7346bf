/**
 * How Namespace objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/namespace/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Namespace } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'

export const namespaceStrategy: Strategy<V1Namespace> = {
  ...specAndStatusStrategy<V1Namespace>('V1Namespace', {
    allowsUnconditionalUpdate: true,
  }),
  // A namespace is gone only when namespaces/finalize has emptied this list.
  isHeldBySpec: (subject) => (subject.spec?.finalizers ?? []).length > 0,
}
