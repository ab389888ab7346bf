/**
 * What a custom resource says that it is, judged like any other mistake in it (k8s.io/apiextensions-apiserver
 * pkg/registry/customresource/validator.go, ValidateTypeMeta): before all else that a schema has to say, and named by
 * what it says.
 */
import { invalid, type FieldError } from '../../apimachinery/field-path.ts'
import { formatGroupVersion, parseGroupVersion, type GroupVersionKind } from '../../apimachinery/meta.ts'
import { invalidError } from '../../apimachinery/status-error.ts'

interface Saying {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: { readonly name?: string }
}

/** `before`: what is wrong with its metadata, as of an update. @throws ApiStatusError 422 */
export function checkCustomKind(expected: GroupVersionKind, object: Saying, before: readonly FieldError[] = []): void {
  const { apiVersion = '', kind = '', metadata: { name = '' } = {} } = object
  const groupVersion = formatGroupVersion(expected)
  const isOther = apiVersion !== '' && apiVersion !== groupVersion
  const errors = [
    ...(kind === expected.kind ? [] : [invalid('kind', kind, `must be ${expected.kind}`)]),
    ...(isOther ? [invalid('apiVersion', apiVersion, `must be ${groupVersion}`)] : []),
  ]
  if (errors.length === 0) return
  const group = isOther ? (parseGroupVersion(apiVersion)?.group ?? '') : expected.group
  throw invalidError({ group, kind }, name, [...before, ...errors])
}
