/**
 * Validation of a container's environment: names, and the one source of a value that is taken from elsewhere.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateEnv, validateEnvVarValueFrom,
 * ValidateEnvFrom.
 */
import {
  childPath,
  indexPath,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isConfigMapKey, isDns1123Subdomain, isRelaxedEnvVarName } from '../../../apimachinery/names.ts'
import type {
  V1Container,
  V1EnvFromSource,
  V1EnvVar,
  V1EnvVarSource,
  V1ObjectFieldSelector,
} from '../../generated/types.ts'
import { invalidFor, requiredText } from './validation-rules.ts'

const NO_SOURCE =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** Fields that pods can be asked for by label of field, though not from an environment. */
const OTHER_POD_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]
const ENV_RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const SUBSCRIPTED = /^metadata\.(?:annotations|labels)\['(.*)'\]$/

function validateFieldRef({ apiVersion, fieldPath }: V1ObjectFieldSelector, at: string): FieldError[] {
  if ((apiVersion ?? '') === '') return [required(childPath(at, 'apiVersion'))]
  if (fieldPath === '') return [required(childPath(at, 'fieldPath'))]
  const pathAt = childPath(at, 'fieldPath')
  if (SUBSCRIPTED.test(fieldPath) || ENV_FIELDS.includes(fieldPath)) return []
  if (OTHER_POD_FIELDS.includes(fieldPath)) return [notSupported(pathAt, fieldPath, ENV_FIELDS)]
  return [invalid(pathAt, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)]
}

function validateKeyRef({ name, key }: { readonly name?: string; readonly key: string }, at: string): FieldError[] {
  const keyAt = childPath(at, 'key')
  return [
    ...requiredText(childPath(at, 'name'), name),
    ...(key === '' ? [required(keyAt)] : invalidFor(keyAt, key, isConfigMapKey(key))),
  ]
}

function validateResourceRef(resource: string, at: string): FieldError[] {
  if (resource === '') return [required(childPath(at, 'resource'))]
  const isKnown = ENV_RESOURCES.includes(resource) || /^(limits|requests)\.hugepages-/.test(resource)
  return isKnown ? [] : [notSupported(childPath(at, 'resource'), resource, ENV_RESOURCES)]
}

function validateFileRef(
  { key, path, volumeName }: NonNullable<V1EnvVarSource['fileKeyRef']>,
  at: string,
): FieldError[] {
  return [
    ...(key === ''
      ? [required(childPath(at, 'key'))]
      : invalidFor(childPath(at, 'key'), key, isRelaxedEnvVarName(key))),
    ...requiredText(childPath(at, 'volumeName'), volumeName),
    ...requiredText(childPath(at, 'path'), path),
  ]
}

function validateValueFrom({ value = '', valueFrom }: V1EnvVar, at: string): FieldError[] {
  if (valueFrom === undefined) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef]
  const count = sources.filter((source) => source !== undefined).length
  const errors: FieldError[] = []
  if (fieldRef !== undefined) errors.push(...validateFieldRef(fieldRef, childPath(at, 'fieldRef')))
  if (resourceFieldRef !== undefined) {
    errors.push(...validateResourceRef(resourceFieldRef.resource, childPath(at, 'resourceFieldRef')))
  }
  if (configMapKeyRef !== undefined) errors.push(...validateKeyRef(configMapKeyRef, childPath(at, 'configMapKeyRef')))
  if (secretKeyRef !== undefined) errors.push(...validateKeyRef(secretKeyRef, childPath(at, 'secretKeyRef')))
  if (fileKeyRef !== undefined) errors.push(...validateFileRef(fileKeyRef, childPath(at, 'fileKeyRef')))
  if (count === 0) errors.push(invalid(at, '', NO_SOURCE))
  else if (value !== '') errors.push(invalid(at, '', 'may not be specified when `value` is not empty'))
  else if (count > 1) errors.push(invalid(at, '', 'may not have more than one field specified at a time'))
  return errors
}

function validateEnvFrom({ prefix = '', configMapRef, secretRef }: V1EnvFromSource, at: string): FieldError[] {
  const errors = prefix === '' ? [] : invalidFor(childPath(at, 'prefix'), prefix, isRelaxedEnvVarName(prefix))
  for (const [field, source] of [
    ['configMapRef', configMapRef],
    ['secretRef', secretRef],
  ] as const) {
    if (source === undefined) continue
    const nameAt = childPath(at, field, 'name')
    if ((source.name ?? '') === '') errors.push(required(nameAt))
    else errors.push(...invalidFor(nameAt, source.name, isDns1123Subdomain(source.name ?? '')))
  }
  if (configMapRef === undefined && secretRef === undefined) {
    errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'))
  } else if (configMapRef !== undefined && secretRef !== undefined) {
    errors.push(invalid(at, '', 'may not have more than one field specified at a time'))
  }
  return errors
}

/** `env` and `envFrom` of the container at `at`. */
export function validateEnvironment({ env, envFrom }: V1Container, at: string): FieldError[] {
  const variables = (env ?? []).flatMap((variable, index) => {
    const place = indexPath(childPath(at, 'env'), index)
    const nameAt = childPath(place, 'name')
    const { name } = variable
    return [
      ...(name === '' ? [required(nameAt)] : invalidFor(nameAt, name, isRelaxedEnvVarName(name))),
      ...validateValueFrom(variable, childPath(place, 'valueFrom')),
    ]
  })
  const sources = (envFrom ?? []).flatMap((source, index) =>
    validateEnvFrom(source, indexPath(childPath(at, 'envFrom'), index)),
  )
  return [...variables, ...sources]
}
