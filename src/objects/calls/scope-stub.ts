/**
 * Calls from object to object: the stub of a scope, and how refusals travel. Failures of the platform become 503,
 * because the caller may try again; ApiStatusErrors are carried as Status, since errors lose their class on the way.
 */
import type { Status } from '../../apimachinery/status-error.ts'
import { ApiStatusError, serviceUnavailableError, statusErrorFrom } from '../../apimachinery/status-error.ts'
import { asStatusError } from '../../apiserver/answer.ts'
import type { Env } from '../../env.ts'
import type { NamespaceObject } from '../namespace-object.ts'
import { scopeObjectName } from '../object-names.ts'

/** An answer that may be a refusal: how ApiStatusErrors cross a call. */
export type Carried<T> = { readonly value: T } | { readonly refusal: Status }

export async function carry<T>(work: () => T | Promise<T>): Promise<Carried<T>> {
  try {
    return { value: await work() }
  } catch (error) {
    return { refusal: asStatusError(error).status }
  }
}

export async function uncarry<T>(call: PromiseLike<Carried<T>>): Promise<T> {
  let answer: Carried<T>
  try {
    answer = await call
  } catch (error) {
    if (error instanceof ApiStatusError) throw error
    console.warn('a call to another object failed', error)
    throw serviceUnavailableError('another part of the cluster cannot be reached at the moment; try again')
  }
  if ('refusal' in answer) throw statusErrorFrom(answer.refusal)
  return answer.value
}

export function scopeStub(env: Env, cluster: string, namespace: string): DurableObjectStub<NamespaceObject> {
  return env.NAMESPACE_OBJECTS.getByName(scopeObjectName({ cluster, namespace }))
}
