/**
 * How ServiceAccount objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/serviceaccount/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ServiceAccount } from '../../generated/types.ts'

const MOUNTABLE_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets'

/** Of secrets only the name counts. */
function cleanSecrets(next: V1ServiceAccount): void {
  if (next.secrets !== undefined) next.secrets = next.secrets.map(({ name }) => (name === undefined ? {} : { name }))
}

export const serviceAccountStrategy: Strategy<V1ServiceAccount> = {
  allowsUnconditionalUpdate: true,
  prepareForCreate: cleanSecrets,
  prepareForUpdate: cleanSecrets,
  warnings({ metadata }, previous) {
    const isOld = previous?.metadata.annotations?.[MOUNTABLE_ANNOTATION] !== undefined
    if (metadata.annotations?.[MOUNTABLE_ANNOTATION] === undefined || isOld) return []
    const why = 'deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets'
    return [`metadata.annotations[${MOUNTABLE_ANNOTATION}]: ${why}`]
  },
}
