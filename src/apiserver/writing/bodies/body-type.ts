/**
 * Whether what a body says of its own type is what the address takes (k8s.io/apimachinery pkg/runtime/serializer/json
 * and versioning). Left out is as good as right; a wrong kind, a version that nobody knows and one that is another
 * address' are told apart, in upstream's words.
 */
import type { KindRef } from '../../../apis/define-kind.ts'
import { storeResource } from '../../../apis/define-kind.ts'
import { quote } from '../../../apimachinery/field-path.ts'
import { formatGroupVersion, parseGroupVersion } from '../../../apimachinery/meta.ts'
import { internalType } from '../../../apis/internal-type.ts'
import type { Scheme } from '../../../registry/kinds/scheme.ts'
import { unservedKind, type UnservedKind } from './unserved-versions.ts'

/** What clients know the registries of built-in kinds by: two groups have one each, as they are servers of their own. */
const REGISTRIES: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io': 'k8s.io/apiextensions-apiserver/pkg/apiserver/apiserver.go:55',
  'apiregistration.k8s.io': 'k8s.io/kube-aggregator/pkg/apiserver/scheme/scheme.go:28',
}
/** Of the Scale of any custom resource. */
export const SCALE_REGISTRY = 'pkg/runtime/scheme.go:111'
const REGISTRY = 'pkg/api/legacyscheme/scheme.go:30'

const registryOf = (group: string): string => REGISTRIES[group] ?? REGISTRY

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
  const registry = registryOf(wanted.group)
  if (isUnversioned(kind)) {
    const why = `converting (v1.${kind}) to (${internalType(wanted)}): unknown conversion`
    return { isRight: false, kind, version: 'v1', why }
  }
  const known = scheme.byKind(group, version, kind)
  // Kinds that somebody defined are in none.
  const isHere = registryOf(group) === registry && known?.custom === undefined
  const definition = isHere ? known : undefined
  if (definition === undefined) {
    if (OPTIONS_OF_REQUESTS.has(kind)) {
      const why = `converting (v1.${kind}) to (${internalType(wanted)}): unknown conversion`
      return { isRight: false, kind, version, why }
    }
    const unserved = unservedKind(group, version, kind)
    if (isHere && unserved !== undefined && isServedAs(unserved, wanted)) {
      return { isRight: false, otherVersion: formatGroupVersion({ group, version }) }
    }
    const isKnown = isList(scheme, group, version, kind) || WITHOUT_ADDRESS.has(`${group}/${version} ${kind}`)
    if (isHere && (isKnown || unserved !== undefined)) return { isRight: false, kind, version, why: unconvertible }
    const isNone = `is registered for version ${quote(formatGroupVersion({ group, version }))} in scheme "${registry}"`
    return { isRight: false, kind, version, why: `no kind ${quote(kind)} ${isNone}` }
  }
  const target = scheme.byKind(wanted.group, wanted.version, wanted.kind)
  if (target !== undefined && storedUnder(scheme, definition) === storedUnder(scheme, target)) {
    return { isRight: false, otherVersion: formatGroupVersion(definition) }
  }
  return { isRight: false, kind, version, why: unconvertible }
}

/** Of every group and version. */
const STATUS: KindRef = { group: '', version: 'v1', kind: 'Status', resource: '', scope: 'Cluster' }

/** The built-in kind that a body says it is, where that is served and known to the same server. */
export function kindSaid(
  scheme: Scheme,
  wanted: KindRef,
  said: { readonly apiVersion: string; readonly kind: string },
): KindRef | undefined {
  if (said.kind === STATUS.kind) return STATUS
  const { group, version } = said.apiVersion === '' ? wanted : (parseGroupVersion(said.apiVersion) ?? wanted)
  const known = scheme.byKind(group, version, said.kind === '' ? wanted.kind : said.kind)
  return known?.custom === undefined && registryOf(group) === registryOf(wanted.group) ? known : undefined
}

function isServedAs(unserved: UnservedKind, { group, kind }: KindRef): boolean {
  const isEvent = kind === 'Event' && group === 'events.k8s.io'
  return unserved.kind === kind && unserved.group === (isEvent ? '' : group)
}

/** Every version of every group has them, in the form of meta/v1 (k8s.io/apimachinery pkg/apis/meta/v1/register.go). */
const OPTIONS_OF_REQUESTS: ReadonlySet<string> = new Set([
  ...['CreateOptions', 'DeleteOptions', 'GetOptions', 'ListOptions', 'PatchOptions', 'UpdateOptions', 'WatchEvent'],
])

/** Kinds that are known, and are what no address of their own has: bodies and options of parts of others. */
const WITHOUT_ADDRESS: ReadonlySet<string> = new Set([
  ...[
    ...['NodeProxyOptions', 'PodAttachOptions', 'PodExecOptions', 'PodLogOptions', 'PodPortForwardOptions'],
    ...['PodProxyOptions', 'PodStatusResult', 'RangeAllocation', 'SerializedReference', 'ServiceProxyOptions'],
  ].map((kind) => `/v1 ${kind}`),
  ...['authentication.k8s.io/v1 TokenRequest', 'autoscaling/v1 Scale', 'policy/v1 Eviction'],
])

/** Kinds that are the same whatever version they are said to be of (AddUnversionedTypes at the same place). */
const UNVERSIONED: ReadonlySet<string> = new Set([
  ...['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'Status'],
])

export const isUnversioned = (kind: string): boolean => UNVERSIONED.has(kind)

/** Lists are kinds, too: those of a kind, and that of any. */
function isList(scheme: Scheme, group: string, version: string, kind: string): boolean {
  if (kind === 'List') return group === '' && version === 'v1'
  return scheme.byKind(group, version, kind.replace(/List$/, ''))?.listKind === kind
}

function storedUnder(scheme: Scheme, definition: NonNullable<ReturnType<Scheme['byKind']>>): string {
  return storeResource(scheme.storedDefinition(definition))
}

