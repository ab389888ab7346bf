/**
 * Validation of Secret objects: keys, size, what each well-known type must hold, and what may not change.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateSecret, ValidateSecretUpdate.
 */
import { invalid, keyPath, ofNamedType, required, tooLong, type FieldError } from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { isConfigMapKey } from '../../../apimachinery/names.ts'
import { JsonError, readJson } from '../../../apimachinery/wire/json.ts'
import { decodeUtf8 } from '../../../apimachinery/wire/utf8.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { V1Secret } from '../../generated/types.ts'
import { decodedLength, MAX_DATA_SIZE_BYTES, validateFrozen } from '../config-map/validation.ts'
import { invalidFor } from '../../validation/rules.ts'

const ACCOUNT_NAME = 'kubernetes.io/service-account.name'

/** Why a value is no JSON object, in Go's words; what is in it does not show. */
function objectMessages(base64: string): string[] {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const { text, isBroken } = decodeUtf8(bytes)
  try {
    const value = readJson(text, { broken: isBroken ? bytes : undefined })
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return []
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    return [`json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`]
  } catch (error) {
    if (error instanceof JsonError) return [error.message]
    throw error
  }
}

function requiredJson(data: Record<string, string>, key: string): FieldError[] {
  const at = keyPath('data', key)
  const value = data[key]
  if (value === undefined) return [required(at)]
  return objectMessages(value).map((message) => invalid(at, '<secret contents redacted>', message))
}

function validateByType({ type, data = {}, metadata }: V1Secret): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter((key) => data[key] === undefined).map((key) => required(keyPath('data', key)))
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return (metadata.annotations?.[ACCOUNT_NAME] ?? '') === ''
        ? [required(keyPath('metadata.annotations', ACCOUNT_NAME))]
        : []
    case 'kubernetes.io/dockercfg': return requiredJson(data, '.dockercfg')
    case 'kubernetes.io/dockerconfigjson': return requiredJson(data, '.dockerconfigjson')
    case 'kubernetes.io/basic-auth':
      // Either of the two is enough; upstream names both when neither is there.
      return data['username'] === undefined && data['password'] === undefined ? missing('username', 'password') : []
    case 'kubernetes.io/ssh-auth':
      return (data['ssh-privatekey'] ?? '') === '' ? [required(keyPath('data', 'ssh-privatekey'))] : []
    case 'kubernetes.io/tls': return missing('tls.crt', 'tls.key')
    default: return []
  }
}

export function validateSecret(secret: V1Secret): FieldError[] {
  const errors: FieldError[] = []
  let total = 0
  for (const [key, value] of Object.entries(secret.data ?? {})) {
    errors.push(...invalidFor(keyPath('data', key), key, isConfigMapKey(key)))
    total += decodedLength(value)
  }
  if (total > MAX_DATA_SIZE_BYTES) errors.push(tooLong('data', MAX_DATA_SIZE_BYTES))
  return [...errors, ...validateByType(secret)]
}

export function validateSecretUpdate(next: V1Secret, previous: V1Secret, facts?: ObjectFacts): FieldError[] {
  return [
    ...(next.type === previous.type ? [] : [invalid('type', ofNamedType(next.type ?? ''), FIELD_IMMUTABLE_MESSAGE)]),
    ...validateFrozen(next, previous, ['data']),
    ...(facts?.metadataAgain() ?? []),
    ...validateSecret(next),
  ]
}
