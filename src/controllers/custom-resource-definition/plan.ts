/**
 * What a definition's status has to say: which of its names hold, and whether its resources are served (k8s.io/
 * apiextensions-apiserver pkg/controller/{status,establish,apiapproval}). Reasons and messages are upstream's. Pure.
 */
import type {
  V1CustomResourceDefinition,
  V1CustomResourceDefinitionNames,
  V1CustomResourceDefinitionStatus,
} from '../../apis/generated/types.ts'
import { APPROVAL_ANNOTATION, approvalOf, isProtectedGroup } from '../../apis/apiextensions/validation/approval.ts'
import { quote } from '../../apimachinery/field-path.ts'
import type { Conditions, NewCondition } from './conditions.ts'
import { conditionsOf, findCondition, withCondition } from './conditions.ts'

/** Names accepted within the group, of all its definitions. */
export interface TakenNames {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

export function planStatus(
  definition: V1CustomResourceDefinition,
  taken: TakenNames,
  nowMs: number,
): V1CustomResourceDefinitionStatus {
  const { names, condition } = planNames(definition, taken)
  let conditions: Conditions = conditionsOf(definition)
  if (condition !== undefined) conditions = withCondition(conditions, condition, nowMs)
  const established = planEstablished(definition, conditions)
  if (established !== undefined) conditions = withCondition(conditions, established, nowMs)
  const approval = planApproval(definition)
  const before = approval === undefined ? undefined : findCondition(conditions, approval.type)
  if (approval !== undefined && before?.message !== approval.message) {
    conditions = withCondition(conditions, approval, nowMs)
  }
  return { ...definition.status, acceptedNames: names, conditions: [...conditions] }
}

interface NamesPlan {
  readonly names: V1CustomResourceDefinitionNames
  /** undefined: nothing new. */
  readonly condition: NewCondition | undefined
}

const NO_NAMES: V1CustomResourceDefinitionNames = { plural: '', kind: '' }

function planNames({ spec, status }: V1CustomResourceDefinition, taken: TakenNames): NamesPlan {
  const wanted = spec.names
  const accepted = status?.acceptedNames ?? NO_NAMES
  if (isSameNames(wanted, accepted)) return { names: accepted, condition: undefined }
  const names: V1CustomResourceDefinitionNames = { ...accepted }
  let conflict: readonly [reason: string, message: string] | undefined
  const claim = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>, reason: string): void => {
    const name = wanted[field] ?? ''
    if (name === (accepted[field] ?? '') || !used.has(name)) names[field] = name
    else conflict = [reason, inUse(name)]
  }
  claim('plural', taken.resources, 'PluralConflict')
  claim('singular', taken.resources, 'SingularConflict')
  const shorts = takenShortNames(wanted.shortNames ?? [], accepted.shortNames ?? [], taken.resources)
  if (shorts.length > 0) conflict = ['ShortNamesConflict', aggregate(shorts.map(inUse))]
  else setList(names, 'shortNames', wanted.shortNames)
  claim('kind', taken.kinds, 'KindConflict')
  claim('listKind', taken.kinds, 'ListKindConflict')
  setList(names, 'categories', wanted.categories)
  const [reason, message] = conflict ?? ['NoConflicts', 'no conflicts found']
  const condition = { type: 'NamesAccepted', status: conflict === undefined ? 'True' : 'False', reason, message }
  return { names, condition }
}

function isSameNames(one: V1CustomResourceDefinitionNames, other: V1CustomResourceDefinitionNames): boolean {
  const fields = ['plural', 'singular', 'kind', 'listKind'] as const
  const lists = ['shortNames', 'categories'] as const
  return (
    fields.every((field) => (one[field] ?? '') === (other[field] ?? '')) &&
    lists.every((field) => (one[field] ?? []).join() === (other[field] ?? []).join())
  )
}

function takenShortNames(wanted: readonly string[], own: readonly string[], used: ReadonlySet<string>): string[] {
  return wanted.filter((name) => !own.includes(name) && used.has(name))
}

function setList(
  names: V1CustomResourceDefinitionNames,
  field: 'shortNames' | 'categories',
  list: string[] | undefined,
): void {
  if (list === undefined || list.length === 0) delete names[field]
  else names[field] = list
}

function inUse(name: string): string {
  return `${quote(name)} is already in use`
}

function aggregate(messages: readonly string[]): string {
  const different = [...new Set(messages)]
  return different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]`
}

/** Once established a definition stays so, whatever becomes of its names. */
function planEstablished(definition: V1CustomResourceDefinition, conditions: Conditions): NewCondition | undefined {
  const before = findCondition(conditions, 'Established')
  if (before?.status === 'True') return undefined
  const type = 'Established'
  if (findCondition(conditions, 'NamesAccepted')?.status !== 'True') {
    if (before !== undefined) return undefined
    return { type, status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
  }
  const bundle = definition.spec.conversion?.webhook?.clientConfig?.caBundle
  if (bundle !== undefined && !isCertificateBundle(bundle)) {
    const message = 'The conversion webhook CABundle is invalid'
    return { type, status: 'False', reason: 'InvalidCABundle', message }
  }
  const message = 'the initial names have been accepted'
  return { type, status: 'True', reason: 'InitialNamesAccepted', message }
}

/** Whether Base64 text holds PEM certificates; of blanks alone it is as good as not said. */
function isCertificateBundle(bundle: string): boolean {
  const text = atob(bundle)
  return text.trim() === '' || /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)
}

const PROPOSAL = 'https://github.com/kubernetes/enhancements/pull/1111'

/** Groups of the community's own domains say whether their API was approved. */
function planApproval(definition: V1CustomResourceDefinition): NewCondition | undefined {
  if (!isProtectedGroup(definition.spec.group)) return undefined
  const annotation = definition.metadata.annotations?.[APPROVAL_ANNOTATION] ?? ''
  const type = 'KubernetesAPIApprovalPolicyConformant'
  const rule = `protected groups must have approval annotation ${quote(APPROVAL_ANNOTATION)}`
  switch (approvalOf(definition)) {
    case 'missing':
      return { type, status: 'False', reason: 'MissingAnnotation', message: `${rule}, see ${PROPOSAL}` }
    case 'bypassed':
      return { type, status: 'False', reason: 'UnapprovedAnnotation', message: `not approved: ${quote(annotation)}` }
    case 'approved':
      return { type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${annotation}` }
    case 'invalid': {
      const message = `${rule} with either a URL or a reason starting with "unapproved", see ${PROPOSAL}`
      return { type, status: 'False', reason: 'InvalidAnnotation', message }
    }
  }
}
