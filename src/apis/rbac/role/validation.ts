/**
 * Validation of the four kinds of RBAC: rules, subjects, and the role of a binding, which stays.
 * Upstream: kubernetes/kubernetes pkg/apis/rbac/validation/validation.go.
 */
import {
  addErrors, childPath, indexPath, invalid, notSupportedText, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isDns1123Subdomain, isPathSegmentName } from '../../../apimachinery/names.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { RbacV1Subject, V1ClusterRole, V1PolicyRule, V1RoleRef } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { itemsOf, invalidFor, isEqual, validateLabelSelector } from '../../validation/rules.ts'

const RBAC_GROUP = 'rbac.authorization.k8s.io'

function validateRule(rule: V1PolicyRule, isNamespaced: boolean, at: string): FieldError[] {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  const verbs = itemsOf(rule.verbs)
  const errors = verbs.length === 0 ? [required(childPath(at, 'verbs'), 'verbs must contain at least one value')] : []
  if (nonResourceURLs.length > 0) {
    const urlsAt = childPath(at, 'nonResourceURLs')
    if (isNamespaced) errors.push(invalid(urlsAt, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'))
    if (apiGroups.length + resources.length + resourceNames.length > 0) {
      errors.push(invalid(urlsAt, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'))
    }
    return errors
  }
  if (apiGroups.length === 0) {
    errors.push(required(childPath(at, 'apiGroups'), 'resource rules must supply at least one api group'))
  }
  if (resources.length === 0) {
    errors.push(required(childPath(at, 'resources'), 'resource rules must supply at least one resource'))
  }
  return errors
}

export function validateRules(rules: readonly V1PolicyRule[] | null | undefined, isNamespaced: boolean): FieldError[] {
  return itemsOf(rules).flatMap((rule, index) => validateRule(rule, isNamespaced, indexPath('rules', index)))
}

interface Bound {
  roleRef?: V1RoleRef
  subjects?: RbacV1Subject[] | null
}

function validateSubject(subject: RbacV1Subject, isNamespaced: boolean, at: string): FieldError[] {
  const { kind, name, namespace = '', apiGroup = '' } = subject
  const errors = name === '' ? [required(childPath(at, 'name'))] : []
  const groupAt = childPath(at, 'apiGroup')
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...invalidFor(childPath(at, 'name'), name, isDns1123Subdomain(name)))
      if (apiGroup !== '') errors.push(notSupportedText(groupAt, apiGroup, ['']))
      if (!isNamespaced && namespace === '') errors.push(required(childPath(at, 'namespace')))
      return errors
    case 'User':
    case 'Group':
      if (apiGroup !== RBAC_GROUP) errors.push(notSupportedText(groupAt, apiGroup, [RBAC_GROUP]))
      return errors
    default:
      return [...errors, notSupportedText(childPath(at, 'kind'), kind, ['ServiceAccount', 'User', 'Group'])]
  }
}

export function validateBinding({ roleRef, subjects }: Bound, isNamespaced: boolean): FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = roleRef ?? {}
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  return [
    ...(apiGroup === RBAC_GROUP ? [] : [notSupportedText('roleRef.apiGroup', apiGroup, [RBAC_GROUP])]),
    ...(kinds.includes(kind) ? [] : [notSupportedText('roleRef.kind', kind, kinds)]),
    ...(name === '' ? [required('roleRef.name')] : invalidFor('roleRef.name', name, isPathSegmentName(name))),
    ...(subjects ?? []).flatMap((subject, index) =>
      validateSubject(subject, isNamespaced, indexPath('subjects', index))),
  ]
}

export function validateBindingUpdate(
  next: Bound,
  previous: Bound,
  isNamespaced: boolean,
  facts?: ObjectFacts,
): FieldError[] {
  const errors = [...validateBinding(next, isNamespaced), ...(facts?.metadataAgain() ?? [])]
  if (isEqual(next.roleRef, previous.roleRef)) return errors
  return [...errors, invalid('roleRef', internalForm('RoleRef', next.roleRef), 'cannot change roleRef')]
}

/** ClusterRoles may be put together from others, which labels choose. */
export function validateClusterRole({ rules, aggregationRule }: V1ClusterRole): FieldError[] {
  const errors = validateRules(rules, false)
  if (aggregationRule === undefined) return errors
  const at = 'aggregationRule.clusterRoleSelectors'
  const selectors = aggregationRule.clusterRoleSelectors ?? []
  const why = 'at least one clusterRoleSelector required if aggregationRule is non-nil'
  if (selectors.length === 0) return [...errors, required(at, why)]
  for (const [index, selector] of selectors.entries()) {
    const found = validateLabelSelector(selector, indexPath(at, index))
    addErrors(errors, found)
    // What upstream prints is the selector that it could not make.
    if (found.length > 0) errors.push(invalid(indexPath(at, index), undefined, 'invalid label selector.'))
  }
  return errors
}
