/**
 * Whether a node can have a pod that wants to be resized (kubernetes/kubernetes plugin/pkg/admission/podresize). The
 * node lives in another object than the pod, so it is read beforehand and this is run by the endpoint itself, where
 * validating plugins run. Pure.
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { addQuantities, compareQuantities, milliValue, quantityValue } from '../../apimachinery/quantity.ts'
import type { ApiStatusError } from '../../apimachinery/status-error.ts'
import { forbiddenError } from '../../apimachinery/status-error.ts'
import { aggregateResources } from '../../apis/core/pod/aggregate-resources.ts'
import type { V1Node, V1Pod } from '../../apis/generated/types.ts'

const OS_LABEL = 'kubernetes.io/os'

type Cause = 'NodeCapacity' | 'UnsupportedPlatform'

/** `node`: as it was read; undefined: there is none. @throws ApiStatusError 403 */
export function checkResize(next: AnyObject, previous: AnyObject, node: V1Node | undefined): void {
  const pod = next as V1Pod
  const nodeName = pod.spec?.nodeName ?? ''
  // Nothing else of the spec can have changed here, and only the spec counts as a generation.
  if (nodeName === '' || next.metadata.generation === previous.metadata.generation) return
  if (node === undefined) throw refusal(pod, `node "${nodeName}" not found`)
  const os = node.metadata.labels?.[OS_LABEL] ?? 'linux'
  if (os !== 'linux') {
    const why = `pod resize is only supported on linux nodes, node "${nodeName}" is "${os}"`
    throw refusal(pod, why, 'UnsupportedPlatform')
  }
  const lacking = shortages(pod, node.status?.allocatable ?? {})
  if (lacking.length === 0) return
  throw refusal(pod, `node didn't have enough allocatable resources: ${lacking.join('; ')}`, 'NodeCapacity')
}

function shortages(pod: V1Pod, allocatable: Readonly<Record<string, string>>): string[] {
  return (['cpu', 'memory'] as const).flatMap((name) => {
    const [wanted, offered] = [requestOf(pod, name), allocatable[name] ?? '0']
    if (compareQuantities(wanted, offered) <= 0) return []
    const count = name === 'cpu' ? milliValue : quantityValue
    return [`${name}, requested: ${String(count(wanted))}, allocatable: ${String(count(offered))}`]
  })
}

/** What the pod says as a whole stands for what its containers add up to; its overhead comes on top. */
function requestOf({ spec = { containers: [] } }: V1Pod, name: string): ReturnType<typeof addQuantities> {
  const wanted = spec.resources?.requests?.[name] ?? aggregateResources(spec, 'requests')[name] ?? '0'
  return addQuantities(wanted, spec.overhead?.[name] ?? '0')
}

function refusal({ metadata: { name = '' } }: V1Pod, why: string, cause?: Cause): ApiStatusError {
  const error = forbiddenError({ group: '', resource: 'pods' }, name, why)
  if (cause !== undefined) error.status.details = { ...error.status.details, causes: [{ reason: cause }] }
  return error
}
