/**
 * The create verb, once for all kinds. Order (k8s.io/apiserver pkg/endpoints/handlers/create.go, pkg/registry/rest/
 * create.go): system metadata → mutating admission → generated name → defaults again → prepareForCreate → validate
 * (422) → canonicalize → validating admission (403) → store (409).
 */
import { ApiStatusError, alreadyExistsError, badRequestError, invalidError } from '../apimachinery/status-error.ts'
import { validateMetadataOnCreate } from '../apimachinery/metadata-validation.ts'
import type { AnyObject } from '../apimachinery/meta.ts'
import { formatTime } from '../apimachinery/meta.ts'
import { nameSuffix } from '../lib/random.ts'
import { draftOf, printObject } from './object-text.ts'
import type { WriteContext, WriteResult } from './write-context.ts'
import { groupResourceOf, keyOf } from './write-context.ts'

/** How often a taken generated name is tried anew, and the base's length, as upstream's names/generate.go has them. */
const MAX_NAME_ATTEMPTS = 8
const MAX_GENERATED_BASE_LENGTH = 58

export function createObject(context: WriteContext, next: AnyObject): WriteResult {
  const { definition, stored } = context
  fillSystemMetadata(context, next)
  context.admit('CREATE', next, undefined)
  nameNew(context, next)
  context.applyDefaults(next)
  definition.strategy.prepareForCreate?.(next, hooksOf(context))
  validateNew(context, next)
  definition.strategy.canonicalize?.(next)
  for (const warning of definition.strategy.warnings?.(next, undefined) ?? []) context.warn(warning)
  context.review('CREATE', next, undefined)
  const object = definition.storedAs === undefined ? next : (definition.storedAs.toStored(next) as AnyObject)
  const name = object.metadata.name ?? ''
  const key = keyOf(context, name)
  if (context.reader.get(key) !== undefined) throw alreadyExistsError(groupResourceOf(context), name)
  if (context.isDryRun) {
    return { object, text: printObject(stored, object), isCreated: true, isDeleted: false }
  }
  let text = ''
  const draft = draftOf(stored, object)
  context.writer.create(key, { ...draft, text: (revision) => (text = draft.text(revision)) }, context.author)
  return { object, text, isCreated: true, isDeleted: false }
}

export function hooksOf(context: WriteContext): {
  nowMs: number
  uuid: () => string
  user: string
  namespace: string
} {
  return { nowMs: context.nowMs, uuid: context.random.uuid, user: context.user, namespace: context.namespace }
}

function fillSystemMetadata(context: WriteContext, next: AnyObject): void {
  const meta = next.metadata
  if (meta.resourceVersion !== undefined && meta.resourceVersion !== '') {
    throw new ApiStatusError('InternalError', 'resourceVersion should not be set on objects to be created')
  }
  delete meta.resourceVersion
  delete meta.deletionTimestamp
  delete meta.deletionGracePeriodSeconds
  placeInNamespace(context, next)
  meta.uid = context.newUid
  meta.creationTimestamp = formatTime(context.nowMs)
}

/** After mutating admission, whose refusals name the base: the same refusal again is then the same text. */
function nameNew(context: WriteContext, { metadata: meta }: AnyObject): void {
  if ((meta.name === undefined || meta.name === '') && meta.generateName !== undefined && meta.generateName !== '') {
    meta.name = generateName(context, meta.generateName)
  }
}

/** The object's namespace is the request's: empty is filled in, another one is refused. */
export function placeInNamespace(context: WriteContext, next: AnyObject): void {
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

function generateName(context: WriteContext, base: string): string {
  const prefix = base.slice(0, MAX_GENERATED_BASE_LENGTH)
  for (let attempt = 0; attempt < MAX_NAME_ATTEMPTS; attempt++) {
    const name = prefix + nameSuffix(context.random)
    if (context.reader.get(keyOf(context, name)) === undefined) return name
  }
  throw new ApiStatusError(
    'AlreadyExists',
    `${groupResourceOf(context).resource} "${base}" already exists, the server was not able to generate a unique name for the object`,
    {
      name: base,
      ...(context.definition.group === '' ? {} : { group: context.definition.group }),
      kind: context.definition.resource,
      retryAfterSeconds: 1,
    },
  )
}

function validateNew(context: WriteContext, next: AnyObject): void {
  const { definition } = context
  const errors = [
    ...validateMetadataOnCreate(next.metadata, {
      isNamespaced: definition.scope === 'Namespaced',
      group: definition.group,
      kind: definition.kind,
    }),
    ...(definition.strategy.validate?.(next) ?? []),
  ]
  if (errors.length > 0) throw invalidError(definition, next.metadata.name ?? '', errors)
}
