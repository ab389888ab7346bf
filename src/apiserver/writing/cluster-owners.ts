/**
 * Owners in the cluster scope, as a namespace's writes see them: before a dependent of one is committed, the namespace is
 * registered with the owner, so that deleting the owner reaches the dependent. The turn finds the owners that are not
 * registered yet and gives up; it is run again once they are.
 */
import type { AnyObject, OwnerReference } from '../../apimachinery/meta.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import type { Scheme } from '../../registry/scheme.ts'

/** Owners remembered as registered; the oldest is registered again when it is met next. */
const MAX_REMEMBERED = 10_000

/** The uids of a written object's cluster-scoped owners that are still to be registered. */
export class UnregisteredOwners extends Error {
  readonly uids: readonly string[]

  constructor(uids: readonly string[]) {
    super('the namespace is not registered yet with an owner of the cluster scope')
    this.uids = uids
  }
}

export class ClusterOwners {
  readonly #registered = new Set<string>()

  /** Throws UnregisteredOwners when there are any. */
  check(scheme: Scheme, { metadata }: AnyObject): void {
    const { ownerReferences } = metadata
    if (ownerReferences === undefined) return
    const missing = ownerReferences.filter((owner) => isOfCluster(scheme, owner) && !this.#registered.has(owner.uid))
    if (missing.length > 0) throw new UnregisteredOwners(missing.map(({ uid }) => uid))
  }

  remember(uids: readonly string[]): void {
    for (const uid of uids) {
      if (this.#registered.size >= MAX_REMEMBERED) this.#registered.delete(this.#registered.values().next().value ?? '')
      this.#registered.add(uid)
    }
  }
}

function isOfCluster(scheme: Scheme, { apiVersion, kind }: OwnerReference): boolean {
  const { group = '', version = '' } = parseGroupVersion(apiVersion) ?? {}
  return scheme.byKind(group, version, kind)?.scope === 'Cluster'
}
