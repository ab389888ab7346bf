/**
 * Whether one RBAC rule covers one request. Rules are compiled once per rule object into sets, because the same few
 * rules are asked for every request. Upstream: pkg/apis/rbac/v1/evaluation_helpers.go.
 */
import { withoutTrailing } from '../../../lib/trailing.ts'
import type { Attributes } from '../../authorizer.ts'
import type { PolicyRule } from '../rbac-kinds.ts'

const ALL = '*'

export interface CompiledRule {
  matches(attributes: Attributes): boolean
  /** The answer depends on the object's name. */
  readonly asksForName: boolean
}

const compiled = new WeakMap<PolicyRule, CompiledRule>()

/** Rules are never changed in place once stored, so the object itself is the key. */
export function compileRule(rule: PolicyRule): CompiledRule {
  let known = compiled.get(rule)
  if (known === undefined) {
    known = buildRule(rule)
    compiled.set(rule, known)
  }
  return known
}

type Matcher = (value: string) => boolean

function oneOf(values: readonly string[] | undefined): Matcher {
  const set = new Set(values)
  return set.has(ALL) ? () => true : (value) => set.has(value)
}

function buildRule(rule: PolicyRule): CompiledRule {
  const verb = oneOf(rule.verbs)
  const group = oneOf(rule.apiGroups)
  const resource = resourceMatcher(rule.resources)
  const names = new Set(rule.resourceNames)
  const path = pathMatcher(rule.nonResourceURLs)
  return {
    asksForName: names.size > 0,
    matches: (attributes) =>
      attributes.isResource
        ? verb(attributes.verb) &&
          group(attributes.group) &&
          resource(attributes.resource, attributes.subresource) &&
          (names.size === 0 || names.has(attributes.name))
        : verb(attributes.verb) && path(attributes.path),
  }
}

// `pods`, `pods/log`, `*` for everything, `*/scale` for a subresource of everything; `pods/*` is no wildcard upstream.
function resourceMatcher(resources: readonly string[] | undefined): (resource: string, subresource: string) => boolean {
  const set = new Set(resources)
  if (set.has(ALL)) return () => true
  return (resource, subresource) =>
    subresource === '' ? set.has(resource) : set.has(`${resource}/${subresource}`) || set.has(`*/${subresource}`)
}

function pathMatcher(paths: readonly string[] | undefined): Matcher {
  const exact = new Set(paths)
  if (exact.has(ALL)) return () => true
  const prefixes = (paths ?? []).filter((path) => path.endsWith('*')).map((path) => withoutTrailing(path, ALL))
  return (path) => exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix))
}
