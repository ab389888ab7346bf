/**
 * DeleteOptions, from the body under any group's apiVersion or else from the query; with a body, query options are
 * ignored (k8s.io/apiserver pkg/endpoints/handlers/delete.go, k8s.io/apimachinery pkg/apis/meta/v1/validation).
 */
import { ownValue } from '../../lib/own-value.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import { badRequestError, invalidError } from '../../apimachinery/status-error.ts'
import { invalid, notSupported } from '../../apimachinery/field-path.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { DeletionOptions } from '../../registry/delete.ts'
import type { Body, Parsed } from './body.ts'
import { readToTheLetter } from '../../apimachinery/wire/json.ts'
import { WRITE_MEDIA_TYPES, decodeRaw, parseBody, readOptionalBody } from './body.ts'
import type { ApiHost } from '../api-host.ts'
import { parseBoolean, parseInteger } from '../../apimachinery/query-values.ts'
import type { RequestContext } from '../request-context.ts'
import { isUnversioned } from './bodies/body-type.ts'
import { dryRunErrors } from './write-options.ts'

/** Whatever apiVersion the body says: every group has had DeleteOptions of its own. */
const DELETE_OPTIONS: KindRef = {
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
  resource: '',
  scope: 'Cluster',
}

/** What clients know the registry of options by. */
const REGISTRY_NAME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27'

const META = 'meta.k8s.io/v1'

/** Options that are known in each group, as these are. */
const OF_EVERY_GROUP: ReadonlySet<string> = new Set(['CreateOptions', 'UpdateOptions'])

/** What else the registry of options knows, by what is said of it. */
const OF_META: Readonly<Record<string, ReadonlySet<string>>> = {
  [META]: new Set([
    'GetOptions', 'ListOptions', 'PartialObjectMetadata', 'PartialObjectMetadataList', 'PatchOptions', 'Table',
    'TableOptions', 'WatchEvent',
  ]),
  'meta.k8s.io/v1beta1': new Set(['PartialObjectMetadata', 'PartialObjectMetadataList', 'Table', 'TableOptions']),
}

/** The version of the type that a kind is there; undefined: it is not known. */
function knownVersion(apiVersion: string, kind: string): string | undefined {
  if (OF_EVERY_GROUP.has(kind)) return 'v1'
  if (ownValue(OF_META, apiVersion)?.has(kind) !== true) return undefined
  // The only one of which the older version has a type of its own.
  return apiVersion !== META && kind === 'PartialObjectMetadataList' ? 'v1beta1' : 'v1'
}

/** Decoded: the fields have their types, or are not there. */
export interface WireDeleteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: string
  orphanDependents?: boolean
  preconditions?: { uid?: string; resourceVersion?: string }
  dryRun?: string[]
}

export interface ReadDeletionOptions {
  readonly options: DeletionOptions
  readonly isDryRun: boolean
  /** 202 for an object that is not gone at once, when asked for with the old `orphanDependents: false`. */
  readonly acceptedCode: 200 | 202
}

export async function readDeletionOptions(context: RequestContext): Promise<ReadDeletionOptions> {
  const { host, query } = context
  const body = await readOptionalBody(context, WRITE_MEDIA_TYPES)
  const wire =
    body === undefined
      ? fromQuery(query)
      : decode(host, body, parseBody(body, badRequestError, { keepsWritten: 'all' }))
  return {
    options: deletionOptionsOf(wire),
    isDryRun: (wire.dryRun ?? []).length > 0,
    acceptedCode: wire.orphanDependents === false ? 202 : 200,
  }
}

function decode(host: ApiHost, { bytes, text }: Body, { value, type, repeated }: Parsed): WireDeleteOptions {
  const { apiVersion, kind } = type
  if (apiVersion !== '' && parseGroupVersion(apiVersion) === undefined) {
    throw badRequestError(`unexpected GroupVersion string: ${apiVersion}`)
  }
  const known = isUnversioned(kind) ? 'v1' : knownVersion(apiVersion === '' ? META : apiVersion, kind)
  if (known !== undefined) throw badRequestError(`converting (${known}.${kind}) to (v1.DeleteOptions): unknown conversion`)
  if (kind !== '' && kind !== DELETE_OPTIONS.kind) {
    const version = apiVersion === '' ? META : apiVersion
    throw badRequestError(`no kind "${kind}" is registered for version "${version}" in scheme "${REGISTRY_NAME}"`)
  }
  try {
    const given = repeated.length === 0 ? value : readToTheLetter(text)
    const options = bytes === undefined ? given : decodeRaw(DELETE_OPTIONS, value)
    return host.decode(DELETE_OPTIONS, options).object as WireDeleteOptions
  } catch (error) {
    throw badRequestError(error instanceof Error ? error.message : String(error))
  }
}

/** `uid` and `resourceVersion` are preconditions; of a collection the latter is what selects, too. */
function fromQuery(query: URLSearchParams): WireDeleteOptions {
  if (query.size === 0) return {}
  const [uid, resourceVersion] = [query.get('uid') ?? '', query.get('resourceVersion') ?? '']
  const preconditions = { ...(uid === '' ? {} : { uid }), ...(resourceVersion === '' ? {} : { resourceVersion }) }
  const gracePeriodSeconds = parseInteger(query.get('gracePeriodSeconds'))
  const orphanDependents = parseBoolean(query.get('orphanDependents'))
  const propagationPolicy = query.get('propagationPolicy')
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(propagationPolicy === null ? {} : { propagationPolicy }),
    preconditions,
    dryRun: query.getAll('dryRun'),
  }
}

const POLICIES = ['Foreground', 'Background', 'Orphan'] as const

/** @throws ApiStatusError 422 */
export function deletionOptionsOf(wire: WireDeleteOptions): DeletionOptions {
  const { gracePeriodSeconds: grace, propagationPolicy: said, orphanDependents, preconditions, dryRun = [] } = wire
  const policy = POLICIES.find((name) => name === said)
  const errors = [
    ...(said !== undefined && orphanDependents !== undefined
      ? [invalid('propagationPolicy', said, 'orphanDependents and deletionPropagation cannot be both set')]
      : []),
    ...(said !== undefined && policy === undefined
      ? [notSupported('propagationPolicy', said, [...POLICIES, 'nil'])]
      : []),
    ...dryRunErrors(dryRun),
  ]
  if (errors.length > 0) throw invalidError({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors)
  const propagation = orphanDependents === undefined ? policy : orphanDependents ? 'Orphan' : 'Background'
  const { uid, resourceVersion } = preconditions ?? {}
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
    ...(orphanDependents === false ? { isOldBackground: true } : {}),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}
