/**
 * How custom resources behave: generation, status and validation (k8s.io/apiextensions-apiserver
 * pkg/registry/customresource/{strategy,status_strategy,validator}.go). With a status subresource the status is that
 * endpoint's alone; without one it is a field like any other, and counts for the generation.
 */
import { forgetWrittenFloats } from '../../lib/written-floats.ts'
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { quote, required } from '../../apimachinery/field-path.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { isQualifiedName } from '../../apimachinery/names.ts'
import type { Strategy } from '../define-kind.ts'
import type { V1CustomResourceDefinitionVersion } from '../generated/types.ts'
import { copyField } from '../status-strategy.ts'
import type { CustomSchema } from './custom-schema.ts'
import { scalePaths, validateScale } from './scale-paths.ts'

export function customStrategy(
  { subresources }: V1CustomResourceDefinitionVersion,
  schemaOf: () => CustomSchema,
): Strategy<AnyObject> {
  const hasStatus = subresources?.status !== undefined
  const scale = scalePaths(subresources?.scale)
  const judge = (next: AnyObject, previous: AnyObject, errors: FieldError[]): FieldError[] => [
    ...errors,
    ...schemaOf().validateRules(next, previous, errors),
  ]
  return {
    prepareForCreate(next) {
      if (hasStatus) delete next['status']
    },
    validate(next) {
      const errors = [
        ...schemaOf().validateValues(next, undefined),
        ...validateScale(next, scale, false),
        ...schemaOf().validateShape(next, undefined, false),
      ]
      // What is said of metadata keeps rules from running, too; that is said by others.
      const isNamed = (next.metadata.name ?? '') !== ''
      const found = isNamed ? errors : [...errors, required('metadata.name')]
      return [...errors, ...schemaOf().validateRules(next, undefined, found)]
    },
    prepareForUpdate(next, previous) {
      if (!hasStatus) return
      copyField(next, previous, 'status')
      forgetWrittenFloats(next, (field) => field === 'status')
    },
    validateUpdate: (next, previous) => judge(next, previous, [
      ...schemaOf().validateValues(next, previous),
      ...validateScale(next, scale, false),
      ...schemaOf().validateShape(next, previous, false),
    ]),
    // What server-side apply left of unknown fields and nulls was judged, and counts as a change; it is not shown.
    canonicalize: (next) => schemaOf().settle(next),
    countsGenerations: true,
    countsStatus: true,
    judgedWarnings: (next) => schemaOf().ruleWarnings(next),
    warnings: finalizerWarnings,
    status: {
      prepareForUpdate: keepStatusOnly,
      validateUpdate: (next, previous) => judge(next, previous, [
        ...schemaOf().validateStatus(next, previous),
        ...validateScale(next, scale, true),
        ...schemaOf().validateShape(next, previous, true),
      ]),
      judgedWarnings: (next) => schemaOf().ruleWarnings(next),
    },
  }
}

/** The status endpoint: everything else, metadata too, stays as it was, but for who manages which field. */
function keepStatusOnly(next: AnyObject, previous: AnyObject): void {
  const { status } = next
  const { managedFields } = next.metadata
  for (const field of Object.keys(next)) delete next[field]
  Object.assign(next, cloneJson(previous))
  delete next['status']
  if (status !== undefined) next['status'] = status
  forgetWrittenFloats(next, (field) => field !== 'status')
  delete next.metadata.managedFields
  if (managedFields !== undefined) next.metadata.managedFields = managedFields
}

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])

/** What upstream thinks of new finalizers' names; they are let in all the same. */
function finalizerWarnings(next: AnyObject, previous: AnyObject | undefined): string[] {
  const before = new Set(previous?.metadata.finalizers)
  const added = new Set((next.metadata.finalizers ?? []).filter((name) => !before.has(name)))
  return [...added].toSorted().flatMap((name) => {
    const prefix = `metadata.finalizers: ${quote(name)}: `
    const warnings = isQualifiedName(name).map((why) => prefix + why)
    if (name.includes('/') || STANDARD_FINALIZERS.has(name)) return warnings
    const path = name.includes('.') ? ' including a path (/)' : ''
    const why = `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`
    return [...warnings, prefix + why]
  })
}
