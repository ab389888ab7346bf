/**
 * `pods/binding`: gives a pod its node, on condition that it still has none (kubernetes/kubernetes
 * pkg/registry/core/pod/storage/storage.go, BindingREST).
 */
import { cloneObject } from '../../apimachinery/apply/ownership.ts'
import type { AnyObject, KubeObject } from '../../apimachinery/meta.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { isPathSegmentName } from '../../apimachinery/names.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { formatFieldErrors, notSupportedText, quote, required } from '../../apimachinery/field-path.ts'
import {
  badRequestError,
  conflictError,
  pathNotFoundError,
  unclassifiedError,
} from '../../apimachinery/status-error.ts'
import type { KindDefinition, KindRef } from '../../apis/define-kind.ts'
import { printTyped } from '../../apis/schema.ts'
import { forgetSystemMetadata, placeInNamespace } from '../../registry/create.ts'
import { storagePreconditionError } from '../../registry/storage-precondition.ts'
import type { Change } from '../../registry/update.ts'
import { answerText, statusSuccess } from '../answer.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import type { Caller } from '../writing/turn.ts'
import { updateInTurn } from '../writing/writes.ts'
import { readObject } from '../writing/written-object.ts'

const PODS: KindRef = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', scope: 'Namespaced' }

export interface Binding extends KubeObject {
  target?: { kind?: string; name?: string }
}

interface BoundPod extends AnyObject {
  spec: { nodeName?: string; schedulingGates?: unknown[] }
  status?: {
    nominatedNodeName?: string
    conditions?: { type: string; status: string; lastProbeTime?: string | null; lastTransitionTime?: string }[]
  }
}

/** POST of pods/NAME/binding. */
export async function answerBinding(context: RequestContext): Promise<Response> {
  const { binding, caller } = await readBinding(context)
  if (binding.metadata.name !== context.info.name) {
    throw badRequestError('name in URL does not match name in Binding object')
  }
  return answerBound(context, context.definition, binding, caller)
}

/** POST of bindings: the older way, which names the pod in the body only. */
export async function answerNamespaceBinding(context: RequestContext): Promise<Response> {
  const pods = context.host.scheme.byKind('', 'v1', 'Pod')
  if (pods === undefined) throw pathNotFoundError()
  const { binding, caller } = await readBinding(context)
  forgetSystemMetadata(binding)
  return answerBound(context, pods, binding, caller)
}

async function readBinding(context: RequestContext): Promise<{ binding: Binding; caller: Caller }> {
  const kind = context.host.scheme.byKind('', 'v1', 'Binding')
  if (kind === undefined) throw pathNotFoundError()
  const { object, caller } = await readObject(context, kind)
  placeInNamespace(context.info, object)
  return { binding: object, caller }
}

async function answerBound(
  context: RequestContext,
  pods: KindDefinition,
  binding: Binding,
  caller: Caller,
): Promise<Response> {
  const { host } = context
  const name = binding.metadata.name ?? ''
  const target = { ...targetOf(context), definition: pods, name, subresource: 'binding' }
  const change = bind(binding, host.clock.now(), caller.isDryRun)
  if (name === '') throw badRequestError('Name parameter required.')
  const wrong = isPathSegmentName(name)
  if (wrong.length > 0) throw badRequestError(`Name parameter invalid: ${quote(name)}: ${wrong.join(';')}`)
  await updateInTurn(host, caller, target, change, { verb: 'create' })
  return answerText(printTyped('V1Status', { ...statusSuccess(undefined), code: 201 }), answerOptions(context, 201))
}

/** The change that a binding makes; refuses a pod that is bound, going, or not the one meant. */
export function bind(binding: Binding, nowMs: number, isDryRun = false): Change {
  const errors = targetErrors(binding)
  if (errors.length > 0) {
    // Upstream passes these on without a reason (pkg/registry/core/pod/storage/storage.go, BindingREST).
    throw unclassifiedError(formatFieldErrors(errors))
  }
  return (current) => {
    if (current === undefined) throw new Error('a pod that is not there was bound')
    const pod = cloneObject(current) as BoundPod
    checkPreconditions(binding, pod, isDryRun)
    const name = pod.metadata.name ?? ''
    const refuse = (why: string): never => {
      throw conflictError({ group: '', resource: 'pods/binding' }, name, why)
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      refuse(`pod ${name} is being deleted, cannot be assigned to a host`)
    }
    if ((pod.spec.nodeName ?? '') !== '') refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName ?? ''}"`)
    if ((pod.spec.schedulingGates?.length ?? 0) > 0) refuse(`pod ${name} has non-empty .spec.schedulingGates`)
    pod.spec.nodeName = binding.target?.name ?? ''
    const { annotations, labels } = binding.metadata
    if (annotations !== undefined) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations }
    if (labels !== undefined) pod.metadata.labels = { ...pod.metadata.labels, ...labels }
    markScheduled(pod, nowMs)
    return pod
  }
}

function targetErrors({ target: { kind = '', name = '' } = {} }: Binding): FieldError[] {
  return [
    ...(kind === '' || kind === 'Node' ? [] : [notSupportedText('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === '' ? [required('target.name')] : []),
  ]
}

/** The identity and the state that the binding speaks of, where it does. */
function checkPreconditions({ metadata: wanted }: Binding, { metadata }: BoundPod, isDryRun: boolean): void {
  const refuse = (what: 'ResourceVersion' | 'UID', precondition: string, actual = ''): void => {
    if (precondition === '' || precondition === actual) return
    const { name = '', namespace = '' } = metadata
    throw storagePreconditionError({ definition: PODS, namespace, name, isDryRun }, what, precondition, actual)
  }
  refuse('UID', wanted.uid ?? '', metadata.uid)
  refuse('ResourceVersion', wanted.resourceVersion ?? '', metadata.resourceVersion)
}

function markScheduled(pod: BoundPod, nowMs: number): void {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: formatTime(nowMs) }
  const { nominatedNodeName: _hint, ...status } = pod.status ?? {}
  pod.status = { ...status, conditions: [...others, scheduled] }
}
