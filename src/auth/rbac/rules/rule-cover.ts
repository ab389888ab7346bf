/**
 * Whether some rules cover others, and how to say what is missing (upstream: k8s.io/component-helpers
 * auth/rbac/validation, pkg/registry/rbac/validation/policy_compact.go, pkg/apis/rbac/v1/evaluation_helpers.go).
 * Pure.
 */
import { withoutTrailing } from '../../../lib/trailing.ts'
import type { PolicyRule } from '../rbac-kinds.ts'

const ALL = '*'

/** The parts of `wanted`, each about one verb on one resource or path, that no rule of `held` covers. */
export function uncoveredRules(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakDown).filter((part) => !held.some((rule) => covers(rule, part)))
}

function breakDown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = []
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        const part: PolicyRule = { apiGroups: [group], resources: [resource], verbs: [verb] }
        if ((rule.resourceNames ?? []).length === 0) parts.push(part)
        for (const name of rule.resourceNames ?? []) parts.push({ ...part, resourceNames: [name] })
      }
    }
  }
  for (const path of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) parts.push({ nonResourceURLs: [path], verbs: [verb] })
  }
  return parts
}

/** `part` comes from {@link breakDown}: every list holds one entry at most. */
function covers(held: PolicyRule, part: PolicyRule): boolean {
  const heldNames = held.resourceNames ?? []
  const [name] = part.resourceNames ?? []
  return (
    includesAll(held.verbs, part.verbs) &&
    includesAll(held.apiGroups ?? [], part.apiGroups ?? []) &&
    (part.resources ?? []).every((resource) => coversResource(held.resources ?? [], resource)) &&
    (part.nonResourceURLs ?? []).every((path) => (held.nonResourceURLs ?? []).some((url) => coversPath(url, path))) &&
    (heldNames.length === 0 || (name !== undefined && heldNames.includes(name)))
  )
}

function includesAll(held: readonly string[], wanted: readonly string[]): boolean {
  return held.includes(ALL) || wanted.every((value) => held.includes(value))
}

function coversResource(held: readonly string[], resource: string): boolean {
  if (held.includes(ALL) || held.includes(resource)) return true
  const slash = resource.indexOf('/')
  return slash > 0 && held.includes(`*/${resource.slice(slash + 1)}`)
}

function coversPath(held: string, path: string): boolean {
  return held === path || (held.endsWith('*') && path.startsWith(withoutTrailing(held, ALL)))
}

/** Joins the verbs of parts that are about the same resource and name; others stay as they are. */
export function compactRules(parts: readonly PolicyRule[]): PolicyRule[] {
  const compact: PolicyRule[] = []
  const bySubject = new Map<string, PolicyRule>()
  for (const part of parts) {
    if (part.nonResourceURLs !== undefined) {
      compact.push(part)
      continue
    }
    const key = JSON.stringify([part.apiGroups, part.resources, part.resourceNames])
    const joined = bySubject.get(key)
    bySubject.set(key, joined === undefined ? part : { ...joined, verbs: [...joined.verbs, ...part.verbs] })
  }
  return [...compact, ...bySubject.values()]
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}` */
export function describeRule({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const fields: [string, readonly string[] | undefined][] = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ]
  const parts = fields
    .filter(([, values]) => values !== undefined && values.length > 0)
    .map(([name, values = []]) => `${name}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`)
  return `{${parts.join(', ')}}`
}
