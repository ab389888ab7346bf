/**
 * The notation of the bootstrap tables: words in one text instead of quoted lists, `core` for the group without a name.
 * Pure data makers; the tables say what, bootstrap-policy.ts makes objects of it.
 */
import type { PolicyRule } from '../rbac/rbac-kinds.ts'

export interface RoleEntry {
  readonly name: string
  /** Only for Roles. */
  readonly namespace?: string
  /** Carries the label by which admin, edit or view take in its rules. */
  readonly aggregateTo?: string
  /** Takes in the rules of all roles labelled so, and has none of its own. */
  readonly aggregates?: string
  readonly rules?: readonly PolicyRule[]
}

export interface BindingEntry {
  readonly name: string
  readonly namespace?: string
  /** The role, if it is not called as the binding is. */
  readonly role?: string
  /** `User NAME`, `Group NAME` or `ServiceAccount NAMESPACE/NAME`. */
  readonly subjects: readonly string[]
}

export const READ = 'get list watch'
export const WRITE = 'create delete deletecollection patch update'
export const READ_WRITE = 'create delete deletecollection get list patch update watch'

export const EVENTS: PolicyRule = rule('create patch update', 'core events.k8s.io', 'events')

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}

export function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  return {
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
    ...(names === undefined ? {} : { resourceNames: words(names) }),
    resources: words(resources),
    verbs: words(verbs),
  }
}

/** A rule about paths that are no resources. */
export function paths(verbs: string, nonResourceURLs: string): PolicyRule {
  return { nonResourceURLs: words(nonResourceURLs), verbs: words(verbs) }
}
