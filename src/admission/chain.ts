/**
 * Runs the admission plugins in their order: first all that change, then all that only look (k8s.io/apiserver
 * pkg/admission/chain.go). Synchronous, inside the turn; the first refusal ends it.
 */
import type { AdmissionAttributes, AdmissionContext, AdmissionOperation, AdmissionPlugin } from './plugin.ts'

export interface AdmissionChain {
  /** The mutating half: may change `attributes.object` in place; throws ApiStatusError to refuse. */
  admit(attributes: AdmissionAttributes, context: AdmissionContext): void
  /** The validating half: changes nothing; throws ApiStatusError to refuse. */
  validate(attributes: AdmissionAttributes, context: AdmissionContext): void
}

type Half = 'admit' | 'validate'

/** Is told how long each plugin, and each half of the chain, took. */
export interface AdmissionWatch {
  nowMs(): number
  controller(name: string, half: Half, operation: AdmissionOperation, isRejected: boolean, tookMs: number): void
  step(half: Half, operation: AdmissionOperation, isRejected: boolean, tookMs: number): void
}

export function createAdmissionChain(plugins: readonly AdmissionPlugin[], watch?: AdmissionWatch): AdmissionChain {
  const halfOf = (half: Half): AdmissionChain[Half] => {
    const own = plugins.filter((plugin) => plugin[half] !== undefined)
    return (attributes, context) => runHalf(half, own, attributes, context, watch)
  }
  return { admit: halfOf('admit'), validate: halfOf('validate') }
}

function runHalf(
  half: Half,
  plugins: readonly AdmissionPlugin[],
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  watch: AdmissionWatch | undefined,
): void {
  const { operation } = attributes
  const beganMs = watch?.nowMs() ?? 0
  let startMs = beganMs
  let last = ''
  try {
    for (const plugin of plugins) {
      if (!plugin.handles(attributes)) continue
      last = plugin.name
      plugin[half]?.(attributes, context)
      if (watch === undefined) continue
      const endMs = watch.nowMs()
      watch.controller(last, half, operation, false, endMs - startMs)
      startMs = endMs
    }
    watch?.step(half, operation, false, startMs - beganMs)
  } catch (error) {
    if (watch !== undefined) {
      const endMs = watch.nowMs()
      watch.controller(last, half, operation, true, endMs - startMs)
      watch.step(half, operation, true, endMs - beganMs)
    }
    throw error
  }
}
