/**
 * Pods stay five minutes on a node that fails, unless they say otherwise
 * (plugin/pkg/admission/defaulttolerationseconds).
 */
import type { AdmissionPlugin } from '../plugin.ts'
import { isPodWrite, podOf } from '../pod.ts'

/** Upstream's default of --default-not-ready-toleration-seconds and its unreachable twin. */
const DEFAULT_TOLERATION_SECONDS = 300

const TAINT_KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (attributes) =>
    (attributes.operation === 'CREATE' || attributes.operation === 'UPDATE') && isPodWrite(attributes),
  admit({ object }) {
    const { spec } = podOf(object)
    const said = spec.tolerations ?? []
    const missing = TAINT_KEYS.filter(
      (taint) => !said.some(
        ({ key = '', effect = '' }) => (key === taint || key === '') && (effect === 'NoExecute' || effect === ''),
      ),
    )
    if (missing.length === 0) return
    const added = missing.map((key) => ({
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: DEFAULT_TOLERATION_SECONDS,
    }))
    spec.tolerations = [...said, ...added]
  },
}
