/**
 * Paths inside a volume, and the modes of its files: nothing may lead out of the folder that a volume is, nor collide
 * with the kubelet's own `..data`.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateLocalDescendingPath,
 * ValidateLocalNonReservedPath, validateKeyToPath.
 */
import { childPath, indexPath, invalid, type FieldError } from '../../../../apimachinery/field-path.ts'
import type { V1KeyToPath } from '../../../generated/types.ts'
import { requiredText } from '../../../validation/rules.ts'

const MODE_MESSAGE = 'must be a number between 0 and 0777 (octal), both inclusive'
const MAX_MODE = 0o777

export function validateMode(field: string, mode: number | undefined): FieldError[] {
  return mode !== undefined && (mode < 0 || mode > MAX_MODE) ? [invalid(field, mode, MODE_MESSAGE)] : []
}

export function validateNoBacksteps(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []
}

/** A path that stays below the folder it is in. */
export function validateDescendingPath(field: string, path: string): FieldError[] {
  const errors = path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []
  return [...errors, ...validateNoBacksteps(field, path)]
}

export function validateNonReservedPath(field: string, path: string): FieldError[] {
  const isReserved = path.startsWith('..') && !path.startsWith('../')
  return [
    ...validateDescendingPath(field, path),
    ...(isReserved ? [invalid(field, path, "must not start with '..'")] : []),
  ]
}

/** The `items` of the source at `at`: which key becomes which file. */
export function validateItems(at: string, items: readonly V1KeyToPath[] | undefined): FieldError[] {
  return (items ?? []).flatMap(({ key, path, mode }, index) => {
    const item = indexPath(childPath(at, 'items'), index)
    return [
      ...requiredText(childPath(item, 'key'), key),
      ...requiredText(childPath(item, 'path'), path),
      ...validateNonReservedPath(childPath(item, 'path'), path),
      ...validateMode(childPath(item, 'mode'), mode),
    ]
  })
}
