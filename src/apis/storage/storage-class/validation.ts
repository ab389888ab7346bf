/**
 * Validation of StorageClass objects. Upstream: kubernetes/kubernetes pkg/apis/storage/validation/validation.go,
 * ValidateStorageClass, ValidateStorageClassUpdate.
 */
import { byKey } from '../../../lib/order.ts'
import {
  childPath, duplicate, indexPath, invalid, notSupported, required, sortedMap, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type {
  V1StorageClass, V1TopologySelectorLabelRequirement, V1TopologySelectorTerm,
} from '../../generated/types.ts'
import { immutable, immutableNamed, isEqual, itemsOf, qualifiedName, unlessEmpty } from '../../validation/rules.ts'
import { validateDriver, validateParameters } from '../parameters.ts'
import { repeats } from '../../validation/repeats.ts'

const RECLAIM_POLICIES = ['Delete', 'Retain']
/** Each is told for each that says the same: the square of the terms, which nobody reads. */
const MAX_REPEATED_TERMS = 10_000
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer']

function validateRequirement({ key, ...of }: V1TopologySelectorLabelRequirement, at: string): FieldError[] {
  const values = itemsOf(of.values)
  const valuesAt = childPath(at, 'values')
  const isRepeat = repeats()
  return [
    ...(values.length === 0 ? [required(valuesAt)] : []),
    ...values.flatMap((value, index) => (isRepeat(value) ? [duplicate(indexPath(valuesAt, index), value)] : [])),
    ...qualifiedName(childPath(at, 'key'), key),
  ]
}

/** Terms that say the same have the same text. */
function textOf({ matchLabelExpressions = [] }: V1TopologySelectorTerm): string {
  const keys = matchLabelExpressions.map(({ key, values }) => [key, [...new Set(itemsOf(values))].toSorted()] as const)
  return JSON.stringify([...new Map(keys)].toSorted(byKey))
}

function validateTopologies(terms: readonly V1TopologySelectorTerm[]): FieldError[] {
  // Upstream compares with as many empty terms as there are terms, too.
  const known = new Map([['[]', terms.length]])
  let left = MAX_REPEATED_TERMS
  return terms.flatMap((term, index) => {
    const at = childPath(indexPath('allowedTopologies', index), 'matchLabelExpressions')
    const expressions = term.matchLabelExpressions ?? []
    const text = textOf(term)
    const before = known.get(text) ?? 0
    const told = Math.min(before, left)
    known.set(text, before + 1)
    left -= told
    const isRepeat = repeats()
    return [
      ...expressions.flatMap((requirement, place) => {
        const isRepeated = isRepeat(requirement.key)
        const requirementAt = indexPath(at, place)
        return [
          ...validateRequirement(requirement, requirementAt),
          ...(isRepeated ? [duplicate(childPath(requirementAt, 'key'), requirement.key)] : []),
        ]
      }),
      ...Array.from({ length: told }, () => duplicate(at, '')),
    ]
  })
}

export function validateStorageClass(storageClass: V1StorageClass): FieldError[] {
  const { provisioner, parameters = {}, reclaimPolicy, volumeBindingMode: mode } = storageClass
  const errors = [
    ...validateDriver('provisioner', provisioner),
    ...validateParameters(parameters, true),
    ...unlessEmpty('reclaimPolicy', reclaimPolicy, (field, value) =>
      RECLAIM_POLICIES.includes(value) ? [] : [notSupported(field, value, RECLAIM_POLICIES)],
    ),
  ]
  if (mode === undefined) errors.push(required('volumeBindingMode'))
  else if (!BINDING_MODES.includes(mode)) errors.push(notSupported('volumeBindingMode', mode, BINDING_MODES))
  return [...errors, ...validateTopologies(storageClass.allowedTopologies ?? [])]
}

function printedParameters(storageClass: V1StorageClass): object | undefined {
  const { parameters } = storageClass
  return parameters === undefined ? givenEmpty(storageClass, 'parameters') : sortedMap(parameters)
}

export function validateStorageClassUpdate(
  next: V1StorageClass,
  previous: V1StorageClass,
  facts?: ObjectFacts,
): FieldError[] {
  return [
    ...validateStorageClass(next),
    ...(facts?.metadataAgain() ?? []),
    ...(isEqual(next.parameters ?? {}, previous.parameters ?? {})
      ? []
      : [invalid('parameters', printedParameters(next), FIELD_IMMUTABLE_MESSAGE)]),
    ...immutable('provisioner', next.provisioner, previous.provisioner),
    ...immutableNamed('reclaimPolicy', next.reclaimPolicy, previous.reclaimPolicy),
    ...immutableNamed('volumeBindingMode', next.volumeBindingMode, previous.volumeBindingMode),
  ]
}
