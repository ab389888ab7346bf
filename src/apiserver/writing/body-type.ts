/**
 * Whether what a body says of its own type is what the address takes (k8s.io/apimachinery pkg/runtime/serializer/json
 * and versioning). Left out is as good as right; a wrong kind, a version that nobody knows and one that is another
 * address' are told apart, in upstream's words.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/meta.ts'
import { internalType } from '../../apis/internal-type.ts'
import type { Scheme } from '../../registry/kinds/scheme.ts'

/** What clients know the built-in kinds' registry by. */
const REGISTRY_NAME = 'pkg/api/legacyscheme/scheme.go:30'

export type BodyType =
  | { readonly isRight: true }
  /** `kind` and `version` as the body has them: the answer repeats them. */
  | { readonly isRight: false; readonly kind: string; readonly version: string; readonly why: string }
  /** The right kind in another version than the address takes. */
  | { readonly isRight: false; readonly otherVersion: string }

const RIGHT: BodyType = { isRight: true }

/** `groupVersion` and `kind` as the body says them, '' where it says nothing. */
export function bodyType(scheme: Scheme, wanted: KindRef, said: { groupVersion: string; kind: string }): BodyType {
  const kind = said.kind === '' ? wanted.kind : said.kind
  const expected = formatGroupVersion(wanted)
  if (kind === wanted.kind && (said.groupVersion === '' || said.groupVersion === expected)) return RIGHT
  if (kind === wanted.kind && wanted.alsoWrittenAs?.includes(said.groupVersion) === true) return RIGHT
  const { group, version } = said.groupVersion === '' ? wanted : (parseGroupVersion(said.groupVersion) ?? wanted)
  const unconvertible = `converting (${version}.${kind}) to (${internalType(wanted)}): unknown conversion`
  const definition = scheme.byKind(group, version, kind)
  if (definition === undefined) {
    if (isList(scheme, group, version, kind)) return { isRight: false, kind, version, why: unconvertible }
    const why = `no kind "${kind}" is registered for version "${formatGroupVersion({ group, version })}" in scheme`
    return { isRight: false, kind, version, why: `${why} "${REGISTRY_NAME}"` }
  }
  const target = scheme.byKind(wanted.group, wanted.version, wanted.kind)
  if (target !== undefined && storedUnder(scheme, definition) === storedUnder(scheme, target)) {
    return { isRight: false, otherVersion: formatGroupVersion(definition) }
  }
  return { isRight: false, kind, version, why: unconvertible }
}

/** Lists are kinds, too: those of a kind, and that of any. */
function isList(scheme: Scheme, group: string, version: string, kind: string): boolean {
  if (kind === 'List') return group === '' && version === 'v1'
  return scheme.byKind(group, version, kind.replace(/List$/, ''))?.listKind === kind
}

function storedUnder(scheme: Scheme, definition: NonNullable<ReturnType<Scheme['byKind']>>): string {
  return storeResource(scheme.storedDefinition(definition))
}

