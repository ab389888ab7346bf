/**
 * Whether what a JSON or merge patch has made is still what the address takes: it says so itself, and is decoded as any
 * body is (k8s.io/apiserver pkg/endpoints/handlers/patch.go; k8s.io/apimachinery pkg/runtime/serializer/json; of custom
 * resources k8s.io/apiextensions-apiserver pkg/apiserver/customresource_handler.go). Strategic merge patches are made of
 * the object itself, and what they say of its type means nothing.
 */
import { invalid, quote } from '../../apimachinery/field-path.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import { internalError, invalidError } from '../../apimachinery/status-error.ts'
import { unknownField } from '../../apimachinery/wire/json.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { ApiHost } from '../api-host.ts'
import { isCustom } from './body.ts'
import { bodyType, type BodyType, SCALE_REGISTRY } from './bodies/body-type.ts'
import { saidTypeOf } from './bodies/said-type.ts'
import type { Patched } from './patch-text.ts'
import type { FieldValidation } from './write-options.ts'
import { undeterminableName } from './written-object.ts'

interface Said {
  readonly apiVersion?: string | null
  readonly kind?: string | null
}

/**
 * `isOfCustom`: it is a custom resource, or its Scale.
 * @throws ApiStatusError 422 that shows what was made, 500 for a custom resource that says no version
 */
export function checkPatchedType(
  scheme: ApiHost['scheme'],
  kind: KindRef,
  patched: unknown,
  shown: () => string,
  isOfCustom = false,
): void {
  const type = saidTypeOf(patched, true)
  if (typeof type === 'string') throw invalidPatch(shown(), type)
  const { apiVersion: groupVersion, kind: said } = type
  const { apiVersion, kind: itsKind } = patched as Said
  if (isCustom(kind) && (itsKind ?? '') === '') throw invalidPatch(shown(), `Object 'Kind' is missing in '${shown()}'`)
  if (isCustom(kind) && apiVersion === null) {
    throw invalidPatch(shown(), '.apiVersion accessor error: <nil> is of the type <nil>, expected string')
  }
  if (isNoVersion(groupVersion)) {
    if (isCustom(kind)) throw internalError("Object 'apiVersion' is missing in 'object has no apiVersion field'")
  } else if (parseGroupVersion(groupVersion) === undefined) {
    throw invalidPatch(shown(), `unexpected GroupVersion string: ${groupVersion}`)
  }
  // Of a custom resource it is judged with the rest of it, once it is known to be the one that was meant.
  if (isCustom(kind)) return
  const judged = bodyType(scheme, kind, { groupVersion, kind: said })
  const why = isOfCustom ? whyNoScale(kind, judged, groupVersion) : 'why' in judged ? judged.why : undefined
  if (why !== undefined) throw invalidPatch(shown(), why)
}

/** A custom resource has its Scale from a server of its own, which knows older ones and no way from them. */
function whyNoScale({ kind, version }: KindRef, judged: BodyType, groupVersion: string): string | undefined {
  if ('otherVersion' in judged) {
    const other = parseGroupVersion(judged.otherVersion)?.version ?? version
    return `converting (${other}.${kind}) to (${version}.${kind}): unknown conversion`
  }
  if (judged.isRight) return undefined
  return `no kind ${quote(judged.kind)} is registered for version ${quote(groupVersion)} in scheme "${SCALE_REGISTRY}"`
}

/** As Go reads a group and version, of which either may be empty. */
function isNoVersion(groupVersion: string): boolean {
  return groupVersion === '' || groupVersion === '/'
}

/** Whether it no longer says of which version it is. */
export function isOfNoVersion(patched: unknown): boolean {
  const type = saidTypeOf(patched, true)
  return typeof type !== 'string' && isNoVersion(type.apiVersion)
}

interface Told {
  /** What strict decoding complains about in the patch itself. */
  readonly complaints?: readonly string[] | undefined
  readonly fieldValidation: FieldValidation
  readonly warn: (text: string) => void
  again(): Patched
}

/**
 * What says no version is decoded as what upstream works with inside, whose fields have no names in JSON: nothing of
 * the object is known there, not even what it is called.
 */
export function unusableInternal(name: string, patched: unknown, told: Told): Error {
  const { fieldValidation, warn, again } = told
  const fields = Object.keys(patched as object).filter((field) => field !== 'apiVersion' && field !== 'kind')
  const complaints = [...(told.complaints ?? []), ...fields.toSorted().map((field) => unknownField(field))]
  if (fieldValidation === 'Strict' && complaints.length > 0) {
    return invalidPatch(again().shown(), `strict decoding error: ${complaints.join(', ')}`)
  }
  if (fieldValidation !== 'Ignore') complaints.forEach(warn)
  return undeterminableName(name)
}

export function invalidPatch(shown: string, why: string): Error {
  return invalidError({ group: '', kind: '' }, '', [invalid('patch', shown, why)])
}
