/**
 * What every write with a body begins with, in upstream's order: the body (415, 413), the options in the query (422; of
 * an update they come before 415), the object (400). Whoever writes gets the object and the caller that carries the
 * options on.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { quote } from '../../apimachinery/field-path.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { badRequestError, hasReason, type ApiStatusError } from '../../apimachinery/status-error.ts'
import { placeInNamespace } from '../../registry/create.ts'
import type { RequestContext } from '../request-context.ts'
import { callerOf } from '../request-context.ts'
import { WRITE_MEDIA_TYPES, bodyMediaTypes, decodeBody, readBody } from './body.ts'
import { keepDistinctOwners } from './distinct-owners.ts'
import type { Caller } from './turn.ts'
import { parseWriteOptions } from './write-options.ts'

export interface WrittenObject {
  readonly object: AnyObject
  readonly caller: Caller
}

/** `kind`: what the body is, where it is not the resource itself (Scale, Binding, TokenRequest). */
export async function readObject(
  context: RequestContext,
  kind: KindRef = context.definition,
): Promise<WrittenObject> {
  const { host, query, warnings, info } = context
  const body = await readBody(context, bodyMediaTypes(kind), WRITE_MEDIA_TYPES).catch((error: unknown) => {
    if (info.verb === 'update' && hasReason(error, 'UnsupportedMediaType')) parseWriteOptions(info.verb, query)
    throw error
  })
  const options = parseWriteOptions(info.verb, query)
  const { fieldValidation } = options
  const mayBeStale = kind === context.definition && context.mayBeStale === true
  const warn = (text: string): void => void warnings.push(text)
  const object = decodeBody(host, kind, body, {
    fieldValidation, warn, mayBeStale, judgesKindLater: info.verb === 'update',
  })
  if (isAtAddress(context, object)) keepDistinctOwners(object, warn)
  context.trail?.understood(object)
  return { object, caller: callerOf(context, options) }
}

/** Whether it is what the address names; another object is refused, and judged no further. */
function isAtAddress({ info, definition }: RequestContext, { metadata }: AnyObject): boolean {
  const { name = '', namespace = '' } = metadata
  const isElsewhere = definition.scope === 'Namespaced' && namespace !== '' && namespace !== info.namespace
  return !isElsewhere && (info.verb !== 'update' || name === info.name)
}

/** What no key may be made of (k8s.io/apimachinery pkg/api/validation/path). @throws ApiStatusError 400 */
export function checkKey({ name }: Pick<RequestContext['info'], 'name'>): void {
  if (name.includes('%')) throw badRequestError(`Name parameter invalid: ${quote(name)}: may not contain '%'`)
}

/** As upstream's update begins: the namespace is judged first, and the name then. */
export function checkPlace({ info, definition }: RequestContext, object: AnyObject): void {
  if (definition.scope === 'Namespaced') placeInNamespace(info, object)
  checkName(info.name, object)
}

/** Refuses an object that is another one than the address names. */
export function checkName(name: string, object: AnyObject): void {
  const said = object.metadata.name ?? ''
  if (said === name) return
  if (said === '') throw undeterminableName(name)
  throw badRequestError(`the name of the object (${said}) does not match the name on the URL (${name})`)
}

export function undeterminableName(name: string): ApiStatusError {
  return badRequestError(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
}
