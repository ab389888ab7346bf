/**
 * Validation of ObjectMeta, on create and on update: what every kind has in common. All errors are gathered, with
 * upstream's paths, texts and order. Source: k8s.io/apimachinery pkg/api/validation/objectmeta.go and
 * pkg/apis/meta/v1/validation/validation.go of release-1.36. Knows nothing of specs: those are their kinds' business.
 */
import {
  addErrors, childPath, forbidden, indexPath, invalid, ofNamedType, required, tooLong, type FieldError,
} from './field-path.ts'
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from './meta.ts'
import { hasStandardFinalizers, nameIsPathSegment, nameRuleOf, type NameRule } from './name-rules.ts'
import { byteLength, isDns1123Label, isQualifiedName, isValidLabelValue } from './names.ts'

export const FIELD_IMMUTABLE_MESSAGE = 'field is immutable'
/** All annotations of an object together, keys and values: upstream's limit, which protects etcd; here rows. */
export const TOTAL_ANNOTATION_SIZE_LIMIT_BYTES = 262144
const MANAGER_MAX_LENGTH = 128
const SUBRESOURCE_MAX_LENGTH = 256
const ORPHAN_FINALIZER = 'orphan'
const FOREGROUND_FINALIZER = 'foregroundDeletion'
const STANDARD_FINALIZERS = ['kubernetes', ORPHAN_FINALIZER, FOREGROUND_FINALIZER]

export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(labels ?? {})) {
    errors.push(...isQualifiedName(key).map((message) => invalid(field, key, message)))
    errors.push(...isValidLabelValue(value).map((message) => invalid(field, value, message)))
  }
  return errors
}

/** Keys are checked without regard to case, which Go takes letter by letter: of U+0130 it makes an i. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = []
  let totalBytes = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    errors.push(...isQualifiedName(key.replaceAll('\u0130', 'i').toLowerCase()).map((message) => invalid(field, key, message)))
    totalBytes += byteLength(key) + byteLength(value)
  }
  if (totalBytes > TOTAL_ANNOTATION_SIZE_LIMIT_BYTES) errors.push(tooLong(field, TOTAL_ANNOTATION_SIZE_LIMIT_BYTES))
  return errors
}

function validateOwnerReference(owner: OwnerReference, field: string): FieldError[] {
  const errors: FieldError[] = []
  const version = owner.apiVersion.split('/').length > 2 ? '' : (owner.apiVersion.split('/').at(-1) ?? '')
  if (version === '') {
    errors.push(invalid(childPath(field, 'apiVersion'), owner.apiVersion, 'version must not be empty'))
  }
  for (const part of ['kind', 'name', 'uid'] as const) {
    if (owner[part] === '') errors.push(invalid(childPath(field, part), '', 'must not be empty'))
  }
  if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
    errors.push(invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'))
  }
  return errors
}

/** Up to 1.36 the path of a reference has no index; later releases add it. */
export function validateOwnerReferences(owners: readonly OwnerReference[], field: string): FieldError[] {
  const errors: FieldError[] = []
  let firstController = ''
  let printed: readonly OwnerReference[] | undefined
  for (const owner of owners) {
    errors.push(...validateOwnerReference(withTexts(owner), field))
    if (owner.controller !== true) continue
    const controller = `${owner.kind}/${owner.name}`
    if (firstController === '') firstController = controller
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${firstController} and ${controller}`
      errors.push(invalid(field, (printed ??= owners.map(withTexts)), why))
    }
  }
  return errors
}

/** In the order in which Go prints it, with the empty texts that it has in place of what was left out. */
function withTexts(owner: Partial<OwnerReference>): OwnerReference {
  const { apiVersion = '', kind = '', name = '', uid = '', controller, blockOwnerDeletion } = owner
  return {
    apiVersion,
    kind,
    name,
    uid,
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  }
}

export function validateFinalizers(finalizers: readonly string[], field: string): FieldError[] {
  const errors = finalizers.flatMap((finalizer) =>
    isQualifiedName(finalizer).map((message) => invalid(field, finalizer, message)),
  )
  if (finalizers.includes(ORPHAN_FINALIZER) && finalizers.includes(FOREGROUND_FINALIZER)) {
    const why = `finalizer ${ORPHAN_FINALIZER} and ${FOREGROUND_FINALIZER} cannot be both set`
    errors.push(invalid(field, finalizers, why))
  }
  return errors
}

/** `fieldManager` of options and `manager` of managed fields: short and printable. */
export function validateFieldManager(manager: string, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (byteLength(manager) > MANAGER_MAX_LENGTH) errors.push(tooLong(field, MANAGER_MAX_LENGTH))
  let position = 0
  for (const character of manager) {
    if (!/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) {
      const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
      errors.push(invalid(field, manager, `invalid character ${code} (at position ${String(position)})`))
    }
    position += byteLength(character)
  }
  return errors
}

export function validateManagedFields(entries: readonly ManagedFieldsEntry[], field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [index, entry] of entries.entries()) {
    const at = indexPath(field, index)
    const { operation = '', fieldsType = '', manager = '', subresource = '' } = entry
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.push(invalid(childPath(at, 'operation'), ofNamedType(operation), 'must be `Apply` or `Update`'))
    }
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
      errors.push(invalid(childPath(at, 'fieldsType'), fieldsType, 'must be `FieldsV1`'))
    }
    addErrors(errors, validateFieldManager(manager, childPath(at, 'manager')))
    if (byteLength(subresource) > SUBRESOURCE_MAX_LENGTH) {
      errors.push(tooLong(childPath(at, 'subresource'), SUBRESOURCE_MAX_LENGTH))
    }
  }
  return errors
}

function validateGeneration(generation: number, field: string): FieldError[] {
  return generation < 0 ? [invalid(field, generation, 'must be greater than or equal to 0')] : []
}

function validateNamespace(namespace: string, isNamespaced: boolean, field: string): FieldError[] {
  if (!isNamespaced) return namespace === '' ? [] : [forbidden(field, 'not allowed on this type')]
  if (namespace === '') return [required(field)]
  return isDns1123Label(namespace).map((message) => invalid(field, namespace, message))
}

/** Metadata of a new object, its name already generated. */
export function validateObjectMeta(
  meta: ObjectMeta,
  isNamespaced: boolean,
  nameRule: NameRule,
  field = 'metadata',
): FieldError[] {
  const at = (name: string) => childPath(field, name)
  const { name = '', generateName = '', namespace = '', generation = 0 } = meta
  const errors: FieldError[] = []
  if (generateName !== '') {
    errors.push(...nameRule(generateName, true).map((text) => invalid(at('generateName'), generateName, text)))
  }
  if (name === '') errors.push(required(at('name'), 'name or generateName is required'))
  else errors.push(...nameRule(name, false).map((text) => invalid(at('name'), name, text)))
  return [
    ...errors,
    ...validateNamespace(namespace, isNamespaced, at('namespace')),
    ...validateGeneration(generation, at('generation')),
    ...validateLabels(meta.labels, at('labels')),
    ...validateAnnotations(meta.annotations, at('annotations')),
    ...validateOwnerReferences(meta.ownerReferences ?? [], at('ownerReferences')),
    ...validateFinalizers(meta.finalizers ?? [], at('finalizers')),
    ...validateManagedFields(meta.managedFields ?? [], at('managedFields')),
  ]
}

/** `field is immutable`, unless both are the same; for texts, numbers and booleans. */
export function validateImmutable(
  next: string | number | boolean | undefined,
  previous: string | number | boolean | undefined,
  field: string,
): FieldError[] {
  return next === previous ? [] : [invalid(field, next, FIELD_IMMUTABLE_MESSAGE)]
}

function validateNoNewFinalizers(next: readonly string[], previous: readonly string[], field: string): FieldError[] {
  const extra = [...new Set(next).difference(new Set(previous))].toSorted()
  if (extra.length === 0) return []
  const list = `[]string{${extra.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`
  const why = 'no new finalizers can be added if the object is being deleted, found new finalizers'
  return [forbidden(field, `${why} ${list}`)]
}

/** What an update may not change of metadata. The registry has put a resourceVersion in where the kind allows none. */
function validateMetadataChange(next: ObjectMeta, previous: ObjectMeta): FieldError[] {
  const at = (name: string) => childPath('metadata', name)
  const { generation = 0, resourceVersion = '' } = next
  const errors: FieldError[] = []
  if (previous.deletionTimestamp !== undefined) {
    const [wanted, had] = [next.finalizers ?? [], previous.finalizers ?? []]
    errors.push(...validateNoNewFinalizers(wanted, had, at('finalizers')))
  }
  if (resourceVersion === '') {
    errors.push(invalid(at('resourceVersion'), resourceVersion, 'must be specified for an update'))
  }
  if (generation < (previous.generation ?? 0)) {
    errors.push(invalid(at('generation'), generation, 'must not be decremented'))
  }
  for (const part of ['name', 'namespace', 'uid'] as const) {
    errors.push(...validateImmutable(next[part] ?? '', previous[part] ?? '', at(part)))
  }
  for (const part of ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    errors.push(...validateImmutable(next[part], previous[part], at(part)))
  }
  return errors
}

/** What an update's check of metadata judges anew, of what {@link validateObjectMeta} judges as well. */
function validateMetadataParts(meta: ObjectMeta): FieldError[] {
  const at = (name: string) => childPath('metadata', name)
  return [
    ...validateLabels(meta.labels, at('labels')),
    ...validateAnnotations(meta.annotations, at('annotations')),
    ...validateOwnerReferences(meta.ownerReferences ?? [], at('ownerReferences')),
    ...validateManagedFields(meta.managedFields ?? [], at('managedFields')),
  ]
}

/** What metadata validation must know of a kind. */
export interface MetadataScope {
  readonly isNamespaced: boolean
  readonly group: string
  readonly kind: string
  /** Of this very object, in place of the kind's: what is in it says what it must be called. */
  readonly nameRule?: NameRule | undefined
}

/** {@link validateObjectMeta} with the rules of the kind. */
export function validateMetadataOnCreate(meta: ObjectMeta, scope: MetadataScope): FieldError[] {
  return [
    ...validateObjectMeta(meta, scope.isNamespaced, scope.nameRule ?? nameRuleOf(scope)),
    ...validateFinalizersOf(meta, scope),
  ]
}

/** Names have to fit into a path, which is told where nothing else is wrong. */
export function validateNameAtLast({ name = '', generateName = '' }: ObjectMeta): FieldError[] {
  const at = (field: string, said: string, isPrefix: boolean): FieldError[] =>
    nameIsPathSegment(said, isPrefix).map((text) => invalid(field, said, text))
  return [...at('metadata.generateName', generateName, true), ...at('metadata.name', name, false)]
}

/** What is judged of the metadata of an update: all of it, as on create, or what changes and the parts that may. */
export type MetadataCheck = 'whole' | 'change'

/** Checks of metadata that a kind makes itself: before anything else, and later, among its own errors. */
export interface OwnMetadataChecks {
  readonly first: readonly MetadataCheck[]
  readonly later: readonly MetadataCheck[]
}

/**
 * Metadata of an update. Everything is judged twice by the rules of all kinds, and then once more by each of
 * `ownChecks`, which the kind itself makes: clients find every error as many times. The rule for names is the widest
 * at first; a name cannot change, so what the kind says of names is about its generateName.
 */
export function validateMetadataOnUpdate(
  next: ObjectMeta,
  previous: ObjectMeta,
  scope: MetadataScope,
  { first, later }: OwnMetadataChecks,
): { readonly first: FieldError[]; readonly later: FieldError[] } {
  const common = validateObjectMeta(next, scope.isNamespaced, nameIsPathSegment)
  // Where the whole is well its parts are.
  const parts = common.length === 0 ? common : validateMetadataParts(next)
  const change = [...validateMetadataChange(next, previous), ...parts]
  const checks = [...first, ...later]
  const standard = checks.length === 0 ? [] : validateFinalizersOf(next, scope)
  const isNamed = (next.generateName ?? '') === '' || !checks.includes('whole')
  const whole = isNamed ? common : validateObjectMeta(next, scope.isNamespaced, nameRuleOf(scope))
  const errorsOf = (check: MetadataCheck): FieldError[] => [...(check === 'whole' ? whole : change), ...standard]
  return { first: [...common, ...change, ...first.flatMap(errorsOf)], later: later.flatMap(errorsOf) }
}

function validateFinalizersOf({ finalizers = [] }: ObjectMeta, scope: MetadataScope): FieldError[] {
  if (!hasStandardFinalizers(scope)) return []
  return finalizers.flatMap((finalizer, index) =>
    validateStandardFinalizer(finalizer, indexPath('metadata.finalizers', index)),
  )
}

/** A finalizer without a domain is one of those that Kubernetes itself knows (core validation.go, same name). */
export function validateStandardFinalizer(finalizer: string, field: string): FieldError[] {
  if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) return []
  return [invalid(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')]
}
