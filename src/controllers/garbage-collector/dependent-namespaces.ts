/**
 * The namespaces that may hold dependents of an owner in the cluster scope, as the cluster scope's collector reaches
 * them: they registered before their first dependent was acknowledged, so asking them is asking all.
 */
import type { Task } from './dependents.ts'

export interface DependentNamespaces {
  /** Those registered with the owner of this uid. */
  of(uid: string): readonly string[]
  /** All owners that any is registered with. */
  uids(): readonly string[]
  /** The owner is gone and its dependents were seen to. */
  forget(uid: string): void
  /** The namespace does it now; returns whether it holds dependents that the owner has to wait for. */
  tend(namespace: string, uid: string, task: Task): Promise<boolean>
}

/** For the collectors of namespaces: nothing in a namespace owns things in another. */
export const NO_NAMESPACES: DependentNamespaces = {
  of: () => [],
  uids: () => [],
  forget: () => undefined,
  tend: () => Promise.resolve(false),
}

/** Asks all registrants of `uid`; returns whether any of them holds what has to be waited for. */
export async function tendAll(namespaces: DependentNamespaces, uid: string, task: Task): Promise<boolean> {
  const answers = await Promise.all(namespaces.of(uid).map((namespace) => namespaces.tend(namespace, uid, task)))
  return answers.includes(true)
}
