/**
 * What a terminating namespace says about its content: five conditions in upstream's words
 * (kubernetes pkg/controller/namespace/deletion/status_condition_utils.go). Pure.
 */
import { byKey } from '../../lib/order.ts'
import type { V1NamespaceCondition } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'

/** What the namespace's own object still holds. */
export interface Remaining {
  /** No create can slip in any more. */
  readonly isSealed: boolean
  /** Objects by resource, as the store names it (`deployments.apps`). */
  readonly resources: Readonly<Record<string, number>>
  /** Objects held by each finalizer. */
  readonly finalizers: Readonly<Record<string, number>>
  /** The longest grace period that pods still have. */
  readonly graceSeconds: number
  /** Why objects could not be deleted. */
  readonly errors: readonly string[]
}

export function isEmpty({ isSealed, resources, errors }: Remaining): boolean {
  return isSealed && errors.length === 0 && Object.values(resources).every((count) => count === 0)
}

type Verdict = readonly [
  type: string,
  isOk: boolean,
  okReason: string,
  okMessage: string,
  reason: string,
  message: string,
]

/** What each condition says of what remains. */
function verdictsOf(remaining: Remaining): readonly Verdict[] {
  const resources = present(remaining.resources).map(([resource, count]) => {
    const [name = '', ...group] = resource.split('.')
    return `${name}.${group.join('.')} has ${String(count)} resource instances`
  })
  const finalizers = present(remaining.finalizers).map(
    ([name, count]) => `${name} in ${String(count)} resource instances`,
  )
  const errors = remaining.errors.toSorted()
  return [
    [
      'NamespaceDeletionDiscoveryFailure',
      true,
      'ResourcesDiscovered',
      'All resources successfully discovered',
      '',
      '',
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      true,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
      '',
      '',
    ],
    [
      'NamespaceDeletionContentFailure',
      errors.length === 0,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
      'ContentDeletionFailed',
      `Failed to delete all resource types, ${String(errors.length)} remaining: ${errors.join(', ')}`,
    ],
    [
      'NamespaceContentRemaining',
      resources.length === 0,
      'ContentRemoved',
      'All content successfully removed',
      'SomeResourcesRemain',
      `Some resources are remaining: ${resources.join(', ')}`,
    ],
    [
      'NamespaceFinalizersRemaining',
      finalizers.length === 0,
      'ContentHasNoFinalizers',
      'All content-preserving finalizers finished',
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}`,
    ],
  ]
}

export function namespaceConditions(
  before: readonly V1NamespaceCondition[],
  remaining: Remaining,
  nowMs: number,
): V1NamespaceCondition[] {
  const verdicts = verdictsOf(remaining)
  const known = new Map(before.map((condition) => [condition.type, condition]))
  const next = verdicts.map(([type, isOk, okReason, okMessage, reason, message]) => {
    const said = isOk
      ? { status: 'False', reason: okReason, message: okMessage }
      : { status: 'True', reason, message }
    const was = known.get(type)
    const lastTransitionTime =
      was?.status === said.status ? (was.lastTransitionTime ?? formatTime(nowMs)) : formatTime(nowMs)
    return { type, ...said, lastTransitionTime }
  })
  const types = new Set(next.map(({ type }) => type))
  return [...before.filter(({ type }) => !types.has(type)), ...next]
}

function present(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(byKey)
}
