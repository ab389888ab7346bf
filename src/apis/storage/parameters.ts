/**
 * What classes of storage have in common: whose they are, and parameters that only their driver understands.
 * Upstream: kubernetes/kubernetes pkg/apis/storage/validation/validation.go, validateProvisioner, validateParameters.
 */
import { invalid, required, tooLong, type FieldError } from '../../apimachinery/field-path.ts'
import { byteLength } from '../../apimachinery/names.ts'
import { qualifiedName } from '../validation/rules.ts'

const MAX_PARAMETERS = 512
const MAX_SIZE = 256 * 1024

export function validateDriver(field: string, driver = ''): FieldError[] {
  return driver === '' ? [required(field)] : qualifiedName(field, driver.toLowerCase())
}

/** All keys and values together. */
export function sizeOf(map: Readonly<Record<string, string>>): number {
  return Object.entries(map).reduce((size, [key, value]) => size + byteLength(key) + byteLength(value), 0)
}

export function validateParameters(parameters: Readonly<Record<string, string>>, mayBeEmpty: boolean): FieldError[] {
  const field = 'parameters'
  const keys = Object.keys(parameters)
  if (keys.length > MAX_PARAMETERS) return [tooLong(field, MAX_PARAMETERS)]
  return [
    ...(keys.includes('') ? [invalid(field, '', 'field can not be empty.')] : []),
    ...(sizeOf(parameters) > MAX_SIZE ? [tooLong(field, MAX_SIZE)] : []),
    ...(keys.length === 0 && !mayBeEmpty ? [required(field, 'must contain at least one key/value pair')] : []),
  ]
}
