/**
 * Keys whose values a pod's own labels give: they narrow the selectors of affinity and of spreading.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go,
 * ValidateMatchLabelKeysAndMismatchLabelKeys; pkg/registry/core/pod/strategy.go, applyLabelKeysToLabelSelector.
 */
import { ownValue } from '../../../../lib/own-value.ts'
import { childPath, forbidden, indexPath, invalid, type FieldError } from '../../../../apimachinery/field-path.ts'
import type { V1LabelSelector } from '../../../generated/types.ts'
import { qualifiedName } from '../../../validation/rules.ts'

const BOTH = 'exists in both matchLabelKeys and'

interface Keys {
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
  readonly labelSelector?: V1LabelSelector
}

function validateKeys(keys: readonly string[], hasSelector: boolean, at: string): FieldError[] {
  if (keys.length === 0) return []
  if (!hasSelector) return [forbidden(at, 'must not be specified when labelSelector is not set')]
  return keys.flatMap((key, index) => qualifiedName(indexPath(at, index), key))
}

/**
 * The registry has merged the keys into the selector by now, so a key may stand there once; a second time it was the
 * caller's. Upstream places that error at an index of the term itself.
 */
export function validateLabelKeys(
  { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector }: Keys,
  at: string,
): FieldError[] {
  const hasSelector = labelSelector !== undefined
  const matchAt = childPath(at, 'matchLabelKeys')
  const errors = [
    ...validateKeys(matchLabelKeys, hasSelector, matchAt),
    ...validateKeys(mismatchLabelKeys, hasSelector, childPath(at, 'mismatchLabelKeys')),
  ]
  const places = new Map(matchLabelKeys.map((key, index) => [key, index]))
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}))
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const index = places.get(key)
    if (index !== undefined && seen.has(key)) errors.push(invalid(indexPath(at, index), key, `${BOTH} labelSelector`))
    seen.add(key)
  }
  const mismatched = new Set(mismatchLabelKeys)
  for (const [index, key] of matchLabelKeys.entries()) {
    if (!mismatched.has(key)) continue
    errors.push(invalid(indexPath(matchAt, index), key, `${BOTH} mismatchLabelKeys`))
  }
  return errors
}

/** Writes the values of a new pod's labels into the selector. Mutates. */
export function applyLabelKeys(term: Keys, labels: Readonly<Record<string, string>>): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term
  if (labelSelector === undefined) return
  const added = (keys: readonly string[], operator: string) =>
    keys.flatMap((key) => {
      const value = ownValue(labels, key)
      return value === undefined ? [] : [{ key, operator, values: [value] }]
    })
  const expressions = [...added(matchLabelKeys, 'In'), ...added(mismatchLabelKeys, 'NotIn')]
  if (expressions.length === 0) return
  labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), ...expressions]
}
