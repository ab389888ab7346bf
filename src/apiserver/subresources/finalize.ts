/**
 * `namespaces/finalize`: the only way to change `spec.finalizers`. The write that empties it on a terminating namespace
 * is the namespace's deletion (kubernetes/kubernetes pkg/registry/core/namespace/storage).
 */
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { V1NamespaceSpec } from '../../apis/generated/types.ts'
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

/** `current` with the finalizers of `next`; its resourceVersion is the precondition that `next` brings. */
export function withFinalizers(current: AnyObject | undefined, next: AnyObject): AnyObject {
  const kept = cloneJson(current ?? next)
  const { finalizers = [] } = (next['spec'] ?? {}) as V1NamespaceSpec
  const { finalizers: _, ...spec } = (kept['spec'] ?? {}) as V1NamespaceSpec
  kept['spec'] = finalizers.length === 0 ? spec : { ...spec, finalizers }
  const said = next.metadata.resourceVersion ?? ''
  if (said !== '') kept.metadata.resourceVersion = said
  return kept
}
