/**
 * Owners in the cluster scope, as a namespace's writes see them: before a dependent of one is committed, the namespace is
 * registered with the owner, so that deleting the owner reaches the dependent. The definition of a custom resource is
 * such an owner of its instances. The turn finds what is not registered yet and gives up; it is run again once it is.
 */
import type { AnyObject, OwnerReference } from '../../apimachinery/meta.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import type { CustomType } from '../../apis/define-kind.ts'
import type { Scheme } from '../../registry/kinds/scheme.ts'

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

/** Owners of kinds whose definitions are not at hand: whether they are of the cluster scope is still to be asked. */
export class UnknownOwners extends Error {
  readonly groups: readonly string[]

  constructor(groups: readonly string[]) {
    super('owners are of kinds that are not known here yet')
    this.groups = groups
  }
}

/** The definition of a custom resource with which the namespace is not registered yet. */
export class UnregisteredDefinition extends Error {
  readonly definition: Pick<CustomType, 'name' | 'uid'>

  constructor({ name, uid }: Pick<CustomType, 'name' | 'uid'>) {
    super('the namespace is not registered yet with a definition')
    // It crosses a hop, so nothing else of the kind comes along.
    this.definition = { name, uid }
  }
}

export class ClusterOwners {
  readonly #registered = new Set<string>()

  /**
   * Throws UnregisteredOwners when there are any, and UnknownOwners for groups that nobody has asked about yet: not
   * those `asked`.
   */
  check(scheme: Scheme, { metadata }: AnyObject, asked: ReadonlySet<string>): void {
    const { ownerReferences } = metadata
    if (ownerReferences === undefined) return
    const groups = ownerReferences.map((owner) => unknownGroup(scheme, owner)).filter((group) => group !== '')
    if (groups.some((group) => !asked.has(group))) throw new UnknownOwners(groups)
    const missing = ownerReferences.filter((owner) => isOfCluster(scheme, owner) && !this.#registered.has(owner.uid))
    if (missing.length > 0) throw new UnregisteredOwners(missing.map(({ uid }) => uid))
  }

  checkDefinition(definition: Pick<CustomType, 'name' | 'uid'>): void {
    if (!this.#registered.has(definition.uid)) throw new UnregisteredDefinition(definition)
  }

  remember(uids: readonly string[]): void {
    for (const uid of uids) {
      if (this.#registered.size >= MAX_REMEMBERED) this.#registered.delete(this.#registered.values().next().value ?? '')
      this.#registered.add(uid)
    }
  }
}

/** The group of an owner of which no kind is known; '' where one is, or cannot be a custom one. */
function unknownGroup(scheme: Scheme, { apiVersion, kind }: OwnerReference): string {
  const { group = '', version = '' } = parseGroupVersion(apiVersion) ?? {}
  return group.includes('.') && scheme.byKind(group, version, kind) === undefined ? group : ''
}

function isOfCluster(scheme: Scheme, { apiVersion, kind }: OwnerReference): boolean {
  const { group = '', version = '' } = parseGroupVersion(apiVersion) ?? {}
  return scheme.byKind(group, version, kind)?.scope === 'Cluster'
}
