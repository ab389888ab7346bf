/**
 * `namespaces/finalize`: the only way to change `spec.finalizers`, and whatever is not status with them. The write that
 * empties it on a terminating namespace is the namespace's deletion (kubernetes/kubernetes
 * pkg/registry/core/namespace/storage).
 */
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { V1NamespaceSpec } from '../../apis/generated/types.ts'
import { copyField } from '../../apis/status-strategy.ts'
import { answerObject } from '../answer.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import { updateInTurn } from '../writing/writes.ts'
import { checkName, readObject } from '../writing/written-object.ts'

export async function answerFinalize(context: RequestContext): Promise<Response> {
  const { object: next, caller } = await readObject(context)
  checkName(context.info.name, next)
  const result = await updateInTurn(context.host, caller, targetOf(context), (current) => withFinalizers(current, next))
  return answerObject(context.definition, result.text, answerOptions(context, 200))
}

/** `next`, metadata and all, with the status of `current`. */
export function withFinalizers(current: AnyObject | undefined, next: AnyObject): AnyObject {
  const changed = cloneJson(next)
  const { finalizers = [], ...spec } = (changed['spec'] ?? {}) as V1NamespaceSpec
  changed['spec'] = finalizers.length === 0 ? spec : { ...spec, finalizers }
  if (current !== undefined) copyField(changed, current, 'status')
  return changed
}
