/** The names of a definition, wanted or accepted: what is there must be fit for paths and for clients. */
import { childPath, indexPath, invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { isDns1035Label } from '../../../apimachinery/names.ts'
import type { V1CustomResourceDefinitionNames } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'

/** Upstream: ValidateCustomResourceDefinitionNames. */
export function validateNames(names: V1CustomResourceDefinitionNames, field: string): FieldError[] {
  const { plural, singular = '', kind, listKind = '' } = names
  const at = (name: string): string => childPath(field, name)
  const same = kind !== '' && kind === listKind
  return [
    ...validateLabel(plural, at('plural')),
    ...validateLabel(singular, at('singular')),
    ...validateKind(kind, at('kind')),
    ...validateKind(listKind, at('listKind')),
    ...itemsOf(names.shortNames).flatMap((name, index) => validateItem(name, indexPath(at('shortNames'), index))),
    ...(same ? [invalid(at('listKind'), listKind, 'kind and listKind may not be the same')] : []),
    ...itemsOf(names.categories).flatMap((name, index) => validateItem(name, indexPath(at('categories'), index))),
  ]
}

function validateLabel(name: string, field: string): FieldError[] {
  return name === '' ? [] : validateItem(name, field)
}

function validateItem(name: string, field: string): FieldError[] {
  const messages = isDns1035Label(name)
  return messages.length === 0 ? [] : [invalid(field, name, messages.join(','))]
}

function validateKind(kind: string, field: string): FieldError[] {
  const messages = kind === '' ? [] : isDns1035Label(kind.toLowerCase())
  if (messages.length === 0) return []
  return [invalid(field, kind, `may have mixed case, but should otherwise match: ${messages.join(',')}`)]
}
