/**
 * Validation of Secret objects: keys, size, what each well-known type must hold, and what may not change.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateSecret, ValidateSecretUpdate.
 */
import { invalid, keyPath, required, tooLong, type FieldError } from '../../../apimachinery/field-path.ts'
import { isConfigMapKey } from '../../../apimachinery/names.ts'
import type { V1Secret } from '../../generated/types.ts'
import { decodedLength, MAX_DATA_SIZE_BYTES, validateFrozen } from '../config-map/validation.ts'
import { immutable, invalidFor } from '../pod/validation-rules.ts'

const ACCOUNT_NAME = 'kubernetes.io/service-account.name'

function isJson(base64: string): boolean {
  try {
    JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))))
    return true
  } catch {
    return false
  }
}

function requiredJson(data: Record<string, string>, key: string): FieldError[] {
  const value = data[key]
  if (value === undefined) return [required(keyPath('data', key))]
  return isJson(value) ? [] : [invalid(keyPath('data', key), '<secret contents redacted>', JSON_MESSAGE)]
}

/** What Go's decoder says of the commonest mistake; the rest of its texts are not told apart here. */
const JSON_MESSAGE = 'unexpected end of JSON input'

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
    case 'kubernetes.io/ssh-auth': return (data['ssh-privatekey'] ?? '') === '' ? [required(keyPath('data', 'ssh-privatekey'))] : []
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

export function validateSecretUpdate(next: V1Secret, previous: V1Secret): FieldError[] {
  return [
    ...immutable('type', next.type, previous.type),
    ...validateFrozen(next, previous, ['data']),
    ...validateSecret(next),
  ]
}
