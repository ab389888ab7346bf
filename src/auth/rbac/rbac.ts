/**
 * RBAC: who may do what, by the roles bound to them (upstream: plugin/pkg/auth/authorizer/rbac/rbac.go,
 * pkg/registry/rbac/validation/rule.go). On the hot path of every request, so everything is resolved once: bindings
 * are indexed by subject per pair of policy and role revision, each user's rules and decisions are kept with it, and
 * a change of either revision drops the lot.
 * It must not know: HTTP, stores, other namespaces than its own.
 */
import type { Attributes, Authorizer, Decision, RuleResolver } from '../authorizer.ts'
import type { ClusterPolicy } from '../cluster-policy.ts'
import type { ClusterRole, PolicyRule, Role, RoleBinding, RoleRef, Subject } from './rbac-kinds.ts'
import { rulesOf } from './rbac-kinds.ts'
import type { CompiledRule } from './rules/rule-match.ts'
import { compileRule } from './rules/rule-match.ts'
import type { UserInfo } from '../user.ts'
import { MASTERS_GROUP } from '../user.ts'

/** Where the rules come from. Objects are parsed, and never changed in place. */
export interface RbacSource {
  readonly policy: ClusterPolicy
  /** '' for the cluster scope, which has no roles of its own. */
  readonly namespace: string
  /** Grows whenever a Role or RoleBinding of the namespace changes; asked at every decision, so it must be cheap. */
  roleRevision(): number
  role(name: string): Role | undefined
  roleBindings(): Iterable<RoleBinding>
}

export type RbacAuthorizer = Authorizer & RuleResolver

/** Users resolved, and decisions kept per user, before the cache starts over: some 4 MB at worst, per object. */
const MAX_USERS = 128
const MAX_DECISIONS_PER_USER = 128

/** Longer keys come from hand-made reviews only; they are decided anew each time. */
const MAX_KEY_LENGTH = 512

const MASTERS_DECISION: Decision = { isAllowed: true, reason: '' }

/** One per object and policy copy; it notices by itself when the policy or the roles move on. */
export function rbacAuthorizer(source: RbacSource): RbacAuthorizer {
  return new Rbac(source)
}

/** A binding that concerns somebody, in the order in which upstream visits them. */
interface IndexedBinding {
  readonly order: number
  readonly binding: RoleBinding
  readonly subjectOrder: number
  readonly subject: Subject
}

interface GrantedRule {
  readonly rule: PolicyRule
  readonly compiled: CompiledRule
  readonly decision: Decision
}

interface Grants {
  readonly cluster: readonly GrantedRule[]
  /** Cluster-wide ones included. */
  readonly namespaced: readonly GrantedRule[]
  readonly clusterErrors: readonly string[]
  readonly errors: readonly string[]
  readonly asksForName: boolean
  readonly decisions: Map<string, Decision>
}

class Rbac implements RbacAuthorizer {
  readonly #source: RbacSource
  #policyRevision = -1
  #roleRevision = -1
  #clusterBindings = new Map<string, IndexedBinding[]>()
  #ownBindings = new Map<string, IndexedBinding[]>()
  #byText = new Map<string, Grants>()
  /** The same UserInfo object comes with each request of a user, which saves printing a key. */
  #byIdentity = new WeakMap<UserInfo, Grants>()

  constructor(source: RbacSource) {
    this.#source = source
  }

  authorize(attributes: Attributes): Decision {
    const { user } = attributes
    if (user.groups.includes(MASTERS_GROUP)) return MASTERS_DECISION
    const grants = this.#grantsOf(user)
    const key = decisionKey(attributes, grants.asksForName)
    let decision = grants.decisions.get(key)
    if (decision === undefined) {
      decision = this.#decide(grants, attributes)
      if (key.length > MAX_KEY_LENGTH) return decision
      if (grants.decisions.size >= MAX_DECISIONS_PER_USER) grants.decisions.clear()
      grants.decisions.set(key, decision)
    }
    return decision
  }

  rulesFor(user: UserInfo, namespace: string): { rules: readonly PolicyRule[]; errors: readonly string[] } {
    const grants = this.#grantsOf(user)
    const isOwn = namespace !== '' && namespace === this.#source.namespace
    return {
      rules: (isOwn ? grants.namespaced : grants.cluster).map(({ rule }) => rule),
      errors: isOwn ? grants.errors : grants.clusterErrors,
    }
  }

  rulesOfRole(roleRef: RoleRef): readonly PolicyRule[] | undefined {
    const role = this.#role(roleRef)
    return role === undefined ? undefined : rulesOf(role)
  }

  #decide(grants: Grants, attributes: Attributes): Decision {
    const namespace = attributes.isResource ? attributes.namespace : ''
    const isOwn = namespace !== '' && namespace === this.#source.namespace
    for (const { compiled, decision } of isOwn ? grants.namespaced : grants.cluster) {
      if (compiled.matches(attributes)) return decision
    }
    const errors = isOwn ? grants.errors : grants.clusterErrors
    return { isAllowed: false, reason: errors.length === 0 ? '' : `RBAC: ${aggregate(errors)}` }
  }

  #grantsOf(user: UserInfo): Grants {
    this.#refresh()
    let grants = this.#byIdentity.get(user)
    if (grants !== undefined) return grants
    const text = `${user.username}\0${user.groups.join('\0')}`
    grants = this.#byText.get(text)
    if (grants === undefined) {
      grants = this.#resolve(user)
      if (this.#byText.size >= MAX_USERS) this.#byText.clear()
      this.#byText.set(text, grants)
    }
    this.#byIdentity.set(user, grants)
    return grants
  }

  #refresh(): void {
    const policyRevision = this.#source.policy.revision
    const roleRevision = this.#source.roleRevision()
    if (policyRevision === this.#policyRevision && roleRevision === this.#roleRevision) return
    const { policy, namespace } = this.#source
    const clusterBindings = policy.all<RoleBinding>('clusterrolebindings.rbac.authorization.k8s.io')
    this.#clusterBindings = indexBySubject(clusterBindings, '')
    this.#ownBindings = namespace === '' ? new Map() : indexBySubject(this.#source.roleBindings(), namespace)
    this.#byText = new Map()
    this.#byIdentity = new WeakMap()
    this.#policyRevision = policyRevision
    this.#roleRevision = roleRevision
  }

  #resolve(user: UserInfo): Grants {
    const cluster = this.#grant(bindingsOf(this.#clusterBindings, user))
    const own = this.#grant(bindingsOf(this.#ownBindings, user))
    const namespaced = [...cluster.rules, ...own.rules]
    return {
      cluster: cluster.rules,
      namespaced,
      clusterErrors: cluster.errors,
      errors: [...cluster.errors, ...own.errors],
      asksForName: namespaced.some(({ compiled }) => compiled.asksForName),
      decisions: new Map(),
    }
  }

  #grant(bindings: readonly IndexedBinding[]): { rules: GrantedRule[]; errors: string[] } {
    const rules: GrantedRule[] = []
    const errors: string[] = []
    for (const { binding, subject } of bindings) {
      const role = this.#role(binding.roleRef)
      if (role === undefined) {
        errors.push(missingRole(binding.roleRef))
        continue
      }
      const decision: Decision = { isAllowed: true, reason: `RBAC: allowed by ${describe(binding, subject)}` }
      for (const rule of rulesOf(role)) rules.push({ rule, compiled: compileRule(rule), decision })
    }
    return { rules, errors }
  }

  #role({ kind, name }: RoleRef): Role | undefined {
    if (kind === 'ClusterRole') return this.#source.policy.find<ClusterRole>(
      'clusterroles.rbac.authorization.k8s.io',
      name,
    )
    return kind === 'Role' && this.#source.namespace !== '' ? this.#source.role(name) : undefined
  }
}

/** The lengths come first, so that no two requests share a key, whatever characters a review puts in. */
function decisionKey(attributes: Attributes, asksForName: boolean): string {
  if (!attributes.isResource) return `${String(attributes.verb.length)} ${attributes.verb}${attributes.path}`
  const { verb, group, resource, subresource, namespace, name } = attributes
  const lengths = `${verb.length},${group.length},${resource.length},${subresource.length},${namespace.length}`
  return `${lengths} ${verb}${group}${resource}${subresource}${namespace}${asksForName ? name : ''}`
}

/** `User x` and `Group y`; service accounts are users by their name. */
function subjectKey({ kind, name, namespace }: Subject, bindingNamespace: string): string | undefined {
  if (kind === 'User' || kind === 'Group') return `${kind} ${name}`
  if (kind !== 'ServiceAccount') return undefined
  const home = namespace === undefined || namespace === '' ? bindingNamespace : namespace
  return home === '' ? undefined : `User system:serviceaccount:${home}:${name}`
}

function indexBySubject(bindings: Iterable<RoleBinding>, namespace: string): Map<string, IndexedBinding[]> {
  const index = new Map<string, IndexedBinding[]>()
  let order = 0
  for (const binding of bindings) {
    for (const [subjectOrder, subject] of (binding.subjects ?? []).entries()) {
      const key = subjectKey(subject, namespace)
      if (key === undefined) continue
      const entry = { order, binding, subjectOrder, subject }
      const entries = index.get(key)
      if (entries === undefined) index.set(key, [entry])
      else entries.push(entry)
    }
    order++
  }
  return index
}

/** Each binding once, by the first of its subjects that the user is. */
function bindingsOf(index: ReadonlyMap<string, readonly IndexedBinding[]>, user: UserInfo): IndexedBinding[] {
  const found = new Map<number, IndexedBinding>()
  for (const key of [`User ${user.username}`, ...user.groups.map((group) => `Group ${group}`)]) {
    for (const entry of index.get(key) ?? []) {
      const other = found.get(entry.order)
      if (other === undefined || entry.subjectOrder < other.subjectOrder) found.set(entry.order, entry)
    }
  }
  return [...found.values()].sort((left, right) => left.order - right.order)
}

function describe({ metadata, roleRef }: RoleBinding, subject: Subject): string {
  const namespace = metadata.namespace ?? ''
  const name = metadata.name ?? ''
  const who =
    subject.kind === 'ServiceAccount'
      ? `${subject.name}/${subject.namespace === undefined || subject.namespace === '' ? namespace : subject.namespace}`
      : subject.name
  const binding =
    namespace === ''
      ? `ClusterRoleBinding ${JSON.stringify(name)}`
      : `RoleBinding ${JSON.stringify(`${name}/${namespace}`)}`
  return `${binding} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(who)}`
}

function missingRole({ kind, name }: RoleRef): string {
  if (kind !== 'Role' && kind !== 'ClusterRole') return `unsupported role reference kind: ${JSON.stringify(kind)}`
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`
}

/** Several errors as one text, as k8s.io/apimachinery pkg/util/errors prints an aggregate. */
function aggregate(errors: readonly string[]): string {
  const unique = [...new Set(errors)]
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`
}
