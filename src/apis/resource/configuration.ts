/**
 * Configuration of devices, which only their driver understands.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateDeviceConfiguration,
 * validateRawExtension.
 */
import { childPath, goJson, invalid, required, tooLong, type FieldError } from '../../apimachinery/field-path.ts'
import { byteLength } from '../../apimachinery/names.ts'
import { RawJson, withoutRaw } from '../../apimachinery/wire/raw/raw-json.ts'
import { validateDriverName } from '../core/pod/volumes/sources.ts'
import type { V1OpaqueDeviceConfiguration } from '../generated/types.ts'

export const MAX_CONFIGURATIONS = 32
const MAX_LENGTH = 10 * 1024

/** `isStored`: it was let through before, however large. */
export function validateRawObject(value: unknown, isStored: boolean, at: string): FieldError[] {
  if (value === undefined || value === null) return [required(at)]
  const text = value instanceof RawJson ? value.text : goJson(value)
  if (!isStored && byteLength(text) > MAX_LENGTH) return [tooLong(at, MAX_LENGTH)]
  const said = withoutRaw(value)
  const isObject = typeof said === 'object' && !Array.isArray(said)
  return isObject ? [] : [invalid(at, '<value omitted>', 'must be a valid JSON object')]
}

export function validateConfiguration(
  { opaque }: { readonly opaque?: V1OpaqueDeviceConfiguration },
  isStored: boolean,
  at: string,
): FieldError[] {
  const opaqueAt = childPath(at, 'opaque')
  if (opaque === undefined) return [required(opaqueAt)]
  return [
    ...validateDriverName(childPath(opaqueAt, 'driver'), opaque.driver),
    ...validateRawObject(opaque.parameters, isStored, childPath(opaqueAt, 'parameters')),
  ]
}
