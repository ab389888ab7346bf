/**
 * `pods/binding`: gives a pod its node, on condition that it still has none (kubernetes/kubernetes
 * pkg/registry/core/pod/storage/storage.go, assignPod).
 */
import type { AnyObject, KubeObject } from '../../apimachinery/meta.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { notSupported, required } from '../../apimachinery/field-path.ts'
import { conflictError, invalidError, pathNotFoundError } from '../../apimachinery/status-error.ts'
import type { Change } from '../../registry/update.ts'
import { answerText, statusSuccess } from '../answer.ts'
import { WRITE_MEDIA_TYPES, decodeBody, parseFieldValidation, readBody } from '../writing/body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, callerOf, targetOf } from '../request-context.ts'
import { updateInTurn } from '../writing/writes.ts'

export interface Binding extends KubeObject {
  target?: { kind?: string; name?: string }
}

interface BoundPod extends AnyObject {
  spec: { nodeName?: string; schedulingGates?: unknown[] }
  status?: {
    conditions?: { type: string; status: string; lastProbeTime?: string | null; lastTransitionTime?: string }[]
  }
}

export async function answerBinding(context: RequestContext): Promise<Response> {
  const { host, request, query, warnings } = context
  const kind = host.scheme.byKind('', 'v1', 'Binding')
  if (kind === undefined) throw pathNotFoundError()
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const fieldValidation = parseFieldValidation(query)
  const binding = decodeBody(host, kind, body, { fieldValidation, warn: (text) => warnings.push(text) })
  const target = { ...targetOf(context), subresource: 'binding' }
  await updateInTurn(host, callerOf(context), target, bind(binding, host.clock.now()), { verb: 'create' })
  return answerText(JSON.stringify({ ...statusSuccess(undefined), code: 201 }), answerOptions(context, 201))
}

/** The change that a binding makes; refuses a pod that is bound, going, or not the one meant. */
export function bind(binding: Binding, nowMs: number): Change {
  const { kind = '', name: node = '' } = binding.target ?? {}
  const errors = [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(node === '' ? [required('target.name')] : []),
  ]
  if (errors.length > 0) throw invalidError({ group: '', kind: 'Binding' }, binding.metadata.name ?? '', errors)
  return (current) => {
    const pod = current as BoundPod
    const name = pod.metadata.name ?? ''
    const refuse = (why: string): never => {
      throw conflictError({ group: '', resource: 'pods/binding' }, name, why)
    }
    const wantedUid = binding.metadata.uid ?? ''
    if (wantedUid !== '' && wantedUid !== pod.metadata.uid) {
      refuse(`Precondition failed: UID in precondition: ${wantedUid}, UID in object meta: ${pod.metadata.uid ?? ''}`)
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      refuse(`pod ${name} is being deleted, cannot be assigned to a host`)
    }
    if ((pod.spec.nodeName ?? '') !== '') refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName ?? ''}"`)
    if ((pod.spec.schedulingGates?.length ?? 0) > 0) refuse(`pod ${name} has non-empty .spec.schedulingGates`)
    pod.spec.nodeName = node
    if (binding.metadata.annotations !== undefined) {
      pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations }
    }
    markScheduled(pod, nowMs)
    return pod
  }
}

function markScheduled(pod: BoundPod, nowMs: number): void {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: formatTime(nowMs) }
  pod.status = { ...pod.status, conditions: [...others, scheduled] }
}
