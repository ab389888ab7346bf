/**
 * Where the scale subresource of a custom resource reads and writes, and what may stand there (k8s.io/
 * apiextensions-apiserver pkg/registry/customresource/validator.go). Paths are plain fields: `.spec.replicas`.
 */
import { ownValue } from '../../lib/own-value.ts'
import { isInt64, isNumeric } from '../../lib/exact-json.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { invalid } from '../../apimachinery/field-path.ts'
import { formatGo, isJsonObject } from '../../apimachinery/patch/json-value.ts'
import type { ScalePaths } from '../define-kind.ts'
import type { V1CustomResourceSubresourceScale } from '../generated/types.ts'

const MAX_REPLICAS = 2_147_483_647

export function scalePaths(scale: V1CustomResourceSubresourceScale | undefined): ScalePaths | undefined {
  if (scale === undefined) return undefined
  const { labelSelectorPath = '' } = scale
  return {
    specReplicas: fieldsOf(scale.specReplicasPath),
    statusReplicas: fieldsOf(scale.statusReplicasPath),
    selector: labelSelectorPath === '' ? undefined : fieldsOf(labelSelectorPath),
  }
}

function fieldsOf(path: string): readonly string[] {
  return (path.startsWith('.') ? path.slice(1) : path).split('.')
}

/** The value at a path of fields; undefined where something on the way is missing or no object. */
export function valueAt(root: unknown, fields: readonly string[]): unknown {
  let value = root
  for (const field of fields) {
    if (!isJsonObject(value)) return undefined
    value = ownValue(value, field)
  }
  return value
}

/** Errors of what the paths lead to. The status endpoint writes no spec, so that is not looked at there. */
export function validateScale(
  subject: unknown,
  paths: ScalePaths | undefined,
  isStatus: boolean,
): FieldError[] {
  if (paths === undefined) return []
  return [
    ...(isStatus ? [] : replicasErrors(subject, paths.specReplicas)),
    ...replicasErrors(subject, paths.statusReplicas),
    ...(paths.selector === undefined ? [] : selectorErrors(subject, paths.selector)),
  ]
}

function replicasErrors(subject: unknown, fields: readonly string[]): FieldError[] {
  const field = pathText(fields)
  const problem = blockedAt(subject, fields)
  if (problem !== undefined) return [invalid(field, 0, problem)]
  const value = valueAt(subject, fields)
  if (value === undefined) return []
  if (!isInt64(value)) {
    return [invalid(field, 0, accessorError(fields, value, 'int64'))]
  }
  if (value < 0) return [invalid(field, value, 'should be a non-negative integer')]
  if (value > MAX_REPLICAS) return [invalid(field, value, `should be less than or equal to ${String(MAX_REPLICAS)}`)]
  return []
}

function selectorErrors(subject: unknown, fields: readonly string[]): FieldError[] {
  const selector = valueAt(subject, fields)
  const problem =
    blockedAt(subject, fields) ??
    (selector === undefined || typeof selector === 'string' ? undefined : accessorError(fields, selector, 'string'))
  return problem === undefined ? [] : [invalid(pathText(fields), '', problem)]
}

/** What stands where an object should, on the way to the last of the fields. */
function blockedAt(root: unknown, fields: readonly string[]): string | undefined {
  let value = root
  for (const [at, field] of fields.entries()) {
    if (value === undefined || value === null) return undefined
    if (!isJsonObject(value)) return accessorError(fields.slice(0, at + 1), value, 'map[string]interface{}')
    value = ownValue(value, field)
  }
  return undefined
}

function pathText(fields: readonly string[]): string {
  return `.${fields.join('.')}`
}

/** As k8s.io/apimachinery's unstructured accessors word it. */
function accessorError(fields: readonly string[], value: unknown, wanted: string): string {
  return `${pathText(fields)} accessor error: ${formatGo(value)} is of the type ${goType(value)}, expected ${wanted}`
}

export function goType(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (isNumeric(value)) return isInt64(value) ? 'int64' : 'float64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'object' ? 'map[string]interface {}' : 'string'
}
