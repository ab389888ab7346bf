/**
 * `namespaces/finalize`: the only way to change `spec.finalizers`. The write that empties it on a terminating namespace
 * is the namespace's deletion (kubernetes/kubernetes pkg/registry/core/namespace/storage).
 */
import { badRequestError } from '../../apimachinery/status-error.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { answerObject } from '../answer.ts'
import { WRITE_MEDIA_TYPES, decodeBody, parseFieldValidation, readBody } from '../writing/body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, callerOf, targetOf } from '../request-context.ts'
import { updateInTurn } from '../writing/writes.ts'

export async function answerFinalize(context: RequestContext): Promise<Response> {
  const { host, definition, request, query, info, warnings } = context
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const fieldValidation = parseFieldValidation(query)
  const next = decodeBody(host, definition, body, { fieldValidation, warn: (text) => warnings.push(text) })
  if (next.metadata.name !== info.name)
    throw badRequestError('the name of the object does not match the name on the URL')
  const result = await updateInTurn(host, callerOf(context), targetOf(context), (current) =>
    withFinalizers(current, next),
  )
  return answerObject(definition, result.text, answerOptions(context, 200))
}

/** `current` with the finalizers of `next`; its resourceVersion is the precondition that `next` brings. */
export function withFinalizers(current: AnyObject | undefined, next: AnyObject): AnyObject {
  const kept = structuredClone(current ?? next)
  kept['spec'] = {
    ...(kept['spec'] as object | undefined),
    finalizers: (next['spec'] as { finalizers?: string[] } | undefined)?.finalizers ?? [],
  }
  const said = next.metadata.resourceVersion ?? ''
  if (said !== '') kept.metadata.resourceVersion = said
  return kept
}
