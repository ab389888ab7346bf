/**
 * Which namespaces of a logical cluster are asked when something is gathered from all of its objects: those that have
 * written. Bounded, since each that is asked is woken.
 */
import type { Env } from '../../env.ts'
import { clusterObjectName } from '../object-names.ts'

/** Asked at a time, and in all. */
const ASKED_AT_ONCE = 16
const MAX_NAMESPACES = 128

export interface AskedNamespaces {
  readonly asked: readonly string[]
  readonly leftOut: number
}

export async function namespacesToAsk(env: Env, cluster: string): Promise<AskedNamespaces> {
  const stores = await env.SEQUENCER_OBJECTS.getByName(clusterObjectName(cluster)).storeNames()
  const namespaces = stores.filter((store) => store !== '').toSorted()
  const asked = namespaces.slice(0, MAX_NAMESPACES)
  return { asked, leftOut: namespaces.length - asked.length }
}

/** The answers in the order of `names`. */
export async function askEach<T>(names: readonly string[], ask: (name: string) => Promise<T>): Promise<T[]> {
  const answers: T[] = []
  for (let from = 0; from < names.length; from += ASKED_AT_ONCE) {
    answers.push(...(await Promise.all(names.slice(from, from + ASKED_AT_ONCE).map(ask))))
  }
  return answers
}
