/**
 * Validation of a container's environment: names, and the one source of a value that is taken from elsewhere.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateEnv, validateEnvVarValueFrom,
 * ValidateEnvFrom.
 */
import { childPath, indexPath, invalid, type FieldError } from '../../../../apimachinery/field-path.ts'
import { isConfigMapKey, isDns1123Subdomain, isRelaxedEnvVarName } from '../../../../apimachinery/names.ts'
import { nameIsDnsSubdomain } from '../../../../apimachinery/name-rules.ts'
import type { V1Container, V1EnvFromSource, V1EnvVar, V1EnvVarSource } from '../../../generated/types.ts'
import { dnsLabel, invalidFor, requiredAnd } from '../../../validation/rules.ts'
import { ENV_FIELDS, validateFieldRef, validateResourceRef } from '../volumes/downward-files.ts'
import { validateNoBacksteps } from '../volumes/paths.ts'

const NO_SOURCE =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
const TOO_MANY_SOURCES = 'may not have more than one field specified at a time'

const configKey = (field: string, key: string): FieldError[] => invalidFor(field, key, isConfigMapKey(key))
const variableName = (field: string, name: string): FieldError[] => invalidFor(field, name, isRelaxedEnvVarName(name))

/** An empty name is of the wrong form, not missing. */
function validateKeyRef(
  { name = '', key }: { readonly name?: string; readonly key: string },
  at: string,
): FieldError[] {
  return [
    ...invalidFor(childPath(at, 'name'), name, isDns1123Subdomain(name)),
    ...requiredAnd(childPath(at, 'key'), key, configKey),
  ]
}

function validateFileRef(
  { key, path, volumeName }: NonNullable<V1EnvVarSource['fileKeyRef']>,
  at: string,
): FieldError[] {
  return [
    ...requiredAnd(childPath(at, 'key'), key, variableName),
    ...requiredAnd(childPath(at, 'volumeName'), volumeName, dnsLabel),
    ...requiredAnd(childPath(at, 'path'), path, validateNoBacksteps),
  ]
}

function validateValueFrom({ value = '', valueFrom }: V1EnvVar, at: string): FieldError[] {
  if (valueFrom === undefined) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef]
  const count = sources.filter((source) => source !== undefined).length
  const errors: FieldError[] = []
  if (fieldRef !== undefined) errors.push(...validateFieldRef(fieldRef, ENV_FIELDS, childPath(at, 'fieldRef')))
  if (resourceFieldRef !== undefined) {
    errors.push(...validateResourceRef(resourceFieldRef, false, childPath(at, 'resourceFieldRef')))
  }
  if (configMapKeyRef !== undefined) errors.push(...validateKeyRef(configMapKeyRef, childPath(at, 'configMapKeyRef')))
  if (secretKeyRef !== undefined) errors.push(...validateKeyRef(secretKeyRef, childPath(at, 'secretKeyRef')))
  if (fileKeyRef !== undefined) errors.push(...validateFileRef(fileKeyRef, childPath(at, 'fileKeyRef')))
  if (count === 0) errors.push(invalid(at, '', NO_SOURCE))
  else if (value !== '') errors.push(invalid(at, '', 'may not be specified when `value` is not empty'))
  else if (count > 1) errors.push(invalid(at, '', TOO_MANY_SOURCES))
  return errors
}

/** Names of sources are judged as prefixes of names; upstream places what is said of their number at the list. */
function validateEnvFrom(
  { prefix = '', configMapRef, secretRef }: V1EnvFromSource,
  at: string,
  list: string,
): FieldError[] {
  const errors = prefix === '' ? [] : variableName(childPath(at, 'prefix'), prefix)
  const said = Object.entries({ configMapRef, secretRef }).filter(([, source]) => source !== undefined)
  for (const [field, source] of said) {
    const nameRule = (nameAt: string, name: string) => invalidFor(nameAt, name, nameIsDnsSubdomain(name, true))
    errors.push(...requiredAnd(childPath(at, field, 'name'), source?.name, nameRule))
  }
  if (said.length === 0) errors.push(invalid(list, '', 'must specify one of: `configMapRef` or `secretRef`'))
  return said.length > 1 ? [...errors, invalid(list, '', TOO_MANY_SOURCES)] : errors
}

/** `env` and `envFrom` of the container at `at`. */
export function validateEnvironment({ env, envFrom }: V1Container, at: string): FieldError[] {
  const listAt = childPath(at, 'envFrom')
  return [
    ...(env ?? []).flatMap((variable, index) => {
      // Of most there is nothing to be said, and nobody need know where they are.
      if (variable.valueFrom === undefined && isRelaxedEnvVarName(variable.name).length === 0) return []
      const place = indexPath(childPath(at, 'env'), index)
      return [
        ...requiredAnd(childPath(place, 'name'), variable.name, variableName),
        ...validateValueFrom(variable, childPath(place, 'valueFrom')),
      ]
    }),
    ...(envFrom ?? []).flatMap((source, index) => validateEnvFrom(source, indexPath(listAt, index), listAt)),
  ]
}
