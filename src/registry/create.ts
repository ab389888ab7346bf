/**
 * The create verb, once for all kinds. Order (k8s.io/apiserver pkg/endpoints/handlers/create.go, pkg/registry/rest/
 * create.go): system metadata → mutating admission → generated name → defaults again → prepareForCreate → validate
 * (422) → canonicalize → validating admission (403) → store (409).
 */
import type { ApiStatusError } from '../apimachinery/status-error.ts'
import {
  alreadyExistsError,
  badRequestError,
  invalidError,
  unclassifiedError,
} from '../apimachinery/status-error.ts'
import { judgeOne, quote, type FieldError } from '../apimachinery/field-path.ts'
import { validateMetadataOnCreate, validateNameAtLast } from '../apimachinery/metadata-validation.ts'
import type { AnyObject, KubeObject } from '../apimachinery/meta.ts'
import type { HookContext, KindDefinition } from '../apis/define-kind.ts'
import { withoutFieldsAmong } from '../apis/apps/numbered-annotations.ts'
import { formatTime } from '../apimachinery/meta.ts'
import { nameSuffix } from '../lib/random.ts'
import { draftOf, parseObject, printObject, storeText, toBeStored } from './object-text.ts'
import { StoreError } from '../store/store-error.ts'
import type { WriteContext, WriteResult } from './write-context.ts'
import { groupResourceOf, keyOf } from './write-context.ts'

/** How often a taken generated name is tried anew, and the base's length, as upstream's names/generate.go has them. */
const MAX_NAME_ATTEMPTS = 8
const MAX_GENERATED_BASE_LENGTH = 58

export function createObject(context: WriteContext, next: AnyObject): WriteResult {
  const { resourceVersion = '' } = next.metadata
  forgetSystemMetadata(next)
  return createNew(context, next, () => {
    // What is no number is no version either, and passes.
    if (/^0*[1-9]\d*$/.test(resourceVersion)) throw unclassifiedError(VERSION_SET_MESSAGE)
  })
}

const VERSION_SET_MESSAGE = 'resourceVersion should not be set on objects to be created'

/**
 * The PUT or the apply that creates: its object may be a copy of one that was there, even of one that was being deleted
 * (k8s.io/apiserver pkg/registry/generic/registry/store.go, Update).
 */
export function createOnUpdate(context: WriteContext, next: AnyObject): WriteResult {
  const { metadata } = next
  checkVersionForm(metadata.resourceVersion ?? '')
  // Upstream's storage leaves it out, which a dry run never comes to.
  if (!context.isDryRun) delete metadata.selfLink
  return createNew(context, next, () => undefined)
}

/** @throws ApiStatusError 500 for what is no version, in Go's words. */
export function checkVersionForm(resourceVersion: string): void {
  if (resourceVersion === '' || /^\d+$/.test(resourceVersion)) return
  throw unclassifiedError(`strconv.ParseUint: parsing ${quote(resourceVersion)}: invalid syntax`)
}

function createNew(context: WriteContext, next: AnyObject, checkAtStore: () => void): WriteResult {
  const { definition } = context
  fillSystemMetadata(context, next)
  context.admit('CREATE', next, undefined)
  context.applyDefaults(next)
  const isGenerated = nameNew(context, next)
  context.begin?.()
  if (definition.strategy.countsGenerations === true) next.metadata.generation = 1
  definition.strategy.prepareForCreate?.(next, hooksOf(context))
  validateNew(context, next)
  const isStoredOtherwise = definition.strategy.canonicalize?.(next) ?? false
  for (const warning of definition.strategy.warnings?.(next, undefined) ?? []) context.warn(warning)
  context.review('CREATE', next, undefined)
  const object = toBeStored(definition, context.stored, next)
  // A status, say, that no create may bring has its default all the same: upstream's storage fills in what it reads.
  if (object === next) definition.custom?.applyDefaults(object)
  // Upstream's storage checks it, which a dry run never comes to.
  if (!context.isDryRun) checkAtStore()
  return placeNew(context, object, { isGenerated, isStoredOtherwise })
}

interface NewObject {
  readonly isGenerated: boolean
  readonly isStoredOtherwise: boolean
}

/** Under the name it has; a generated one that is taken is drawn anew, in place. */
function placeNew(context: WriteContext, object: AnyObject, made: NewObject): WriteResult {
  const { metadata } = object
  for (let attempt = 1; ; attempt++) {
    try {
      return storeNew(context, object, made)
    } catch (error) {
      const taken = takenText(context, object, error)
      if (!made.isGenerated || attempt === MAX_NAME_ATTEMPTS) throw nameTaken(context, object, taken)
      metadata.name = generatedName(context, metadata.generateName ?? '')
    }
  }
}

/** @throws StoreError `exists`: the store is not asked beforehand, since a new object's name is almost always free. */
function storeNew(context: WriteContext, object: AnyObject, { isStoredOtherwise }: NewObject): WriteResult {
  const { stored, isDryRun, reader, writer, author } = context
  const key = keyOf(context, object.metadata.name ?? '')
  const done = { object, isCreated: true, isDeleted: false }
  if (isDryRun) {
    if (reader.get(key) !== undefined) throw new StoreError('exists', key.name, { key })
    return { ...done, text: printObject(stored, object) }
  }
  const draft = draftOf(stored, object, { isStoredOtherwise })
  return { ...done, text: storeText(draft, (stamped) => writer.create(key, stamped, author)) }
}

/** Of the object whose name was wanted. Another refusal of the store goes on. */
function takenText(context: WriteContext, { metadata }: AnyObject, error: unknown): string {
  if (!(error instanceof StoreError && error.code === 'exists')) throw error
  return context.reader.get(keyOf(context, metadata.name ?? ''))?.text ?? ''
}

/** What errors call an object: upstream knows it by its internal type then, and by where that is at home. */
export function storedKindOf(definition: KindDefinition): Pick<KindDefinition, 'group' | 'kind'> {
  return definition.storedAs?.definition ?? definition
}

export function hooksOf(context: WriteContext): HookContext {
  const { nowMs, random, requester, namespace } = context
  const warn = (text: string): void => { context.warn(text) }
  return { nowMs, uuid: random.uuid, user: requester.username, namespace, warn, requester }
}

function fillSystemMetadata(context: WriteContext, next: AnyObject): void {
  const meta = next.metadata
  if (!context.isDryRun) delete meta.resourceVersion
  placeInNamespace(context, next)
  meta.uid = context.newUid
  meta.creationTimestamp = formatTime(context.nowMs)
}

/** What nobody may say of a new object (rest.WipeObjectMetaSystemFields). */
export function forgetSystemMetadata({ metadata }: KubeObject): void {
  delete metadata.uid
  delete metadata.creationTimestamp
  delete metadata.selfLink
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
}

/**
 * After mutating admission, whose refusals name the base: the same refusal again is then the same text. Returns whether
 * the name was generated.
 */
function nameNew(context: WriteContext, { metadata: meta }: AnyObject): boolean {
  const { name = '', generateName = '' } = meta
  if (name !== '' || generateName === '') return false
  meta.name = generatedName(context, generateName)
  return true
}

/** The object's namespace is the request's: empty is filled in, another one is refused. */
export function placeInNamespace(context: Pick<WriteContext, 'namespace'>, next: AnyObject): void {
  const said = next.metadata.namespace ?? ''
  if (context.namespace === '') {
    delete next.metadata.namespace
    return
  }
  if (said === '') next.metadata.namespace = context.namespace
  else if (said !== context.namespace) {
    throw badRequestError(`the namespace of the provided object does not match the namespace sent on the request`)
  }
}

function generatedName({ definition, random }: WriteContext, base: string): string {
  if (definition.strategy.keepsGenerateName === true) return base
  return base.slice(0, MAX_GENERATED_BASE_LENGTH) + nameSuffix(random)
}

function nameTaken(context: WriteContext, { metadata }: AnyObject, takenText: string): ApiStatusError {
  const isDrawn = (metadata.generateName ?? '') !== ''
  const { group, resource } = groupResourceOf(context)
  // Of a name that was to be drawn the kind is told that is stored.
  const where = { group: isDrawn ? storedKindOf(context.definition).group : group, resource }
  const error = alreadyExistsError(where, metadata.name ?? '')
  const { status } = error
  if (isDrawn) {
    status.message += ', the server was not able to generate a unique name for the object'
    status.details = { ...status.details, retryAfterSeconds: 1 }
  }
  if (parseObject(takenText).metadata.deletionTimestamp !== undefined) {
    status.message = `object is being deleted: ${status.message ?? ''}`
  }
  return error
}

function validateNew(context: WriteContext, next: AnyObject): void {
  const errors = judgeOne(() => errorsOfNew(context, next))
  if (errors.length > 0) throw invalidError(storedKindOf(context.definition), next.metadata.name ?? '', errors)
}

function errorsOfNew({ definition, facts }: WriteContext, next: AnyObject): readonly FieldError[] {
  const { strategy, group, kind } = definition
  const nameRule = strategy.nameRule?.(next)
  const scope = { isNamespaced: definition.scope === 'Namespaced', group, kind, nameRule }
  let ofMetadata = validateMetadataOnCreate(withoutFieldsAmong(definition, next.metadata), scope)
  const metadataAgain = (): FieldError[] => {
    const errors = ofMetadata
    ofMetadata = []
    return errors
  }
  const ofKind = strategy.validate?.(next, { ...facts, metadataAgain }) ?? []
  const isEnough = strategy.judgesBeforeMetadata === true && ofKind.length > 0
  const own = isEnough ? ofKind : [...ofMetadata, ...ofKind]
  return own.length > 0 ? own : validateNameAtLast(next.metadata)
}
