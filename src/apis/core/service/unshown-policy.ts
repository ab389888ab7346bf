/**
 * A Service that is a name elsewhere has no use for `internalTrafficPolicy`, and shows none but at its status. Upstream
 * has once given it one by mistake and stores it to this day; it is there again when the type changes by a patch.
 * Upstream: kubernetes/kubernetes pkg/registry/core/service/storage/storage.go, defaultOnReadInternalTrafficPolicy.
 */
import type { Unshown } from '../../define-kind.ts'
import type { V1Service } from '../../generated/types.ts'

/** No selector asks for it. */
const FIELD = 'spec.internalTrafficPolicy'

interface UnshownPolicy extends Unshown<V1Service> {
  /** What is kept beside the Service. */
  fields(subject: V1Service): Record<string, string>
}

export const unshownPolicy: UnshownPolicy = {
  fields({ spec }) {
    const policy = spec?.type === 'ExternalName' ? spec.internalTrafficPolicy : undefined
    return policy === undefined ? {} : { [FIELD]: policy }
  },
  hide(subject) {
    const { spec } = subject
    if (spec?.type !== 'ExternalName' || spec.internalTrafficPolicy === undefined) return subject
    const { internalTrafficPolicy: _policy, ...shown } = spec
    return { ...subject, spec: shown }
  },
  restore({ spec }, { [FIELD]: policy }) {
    if (spec !== undefined && policy !== undefined) spec.internalTrafficPolicy = policy
  },
}
