/**
 * DeleteOptions, from the body under any group's apiVersion or else from the query; with a body, query options are
 * ignored (k8s.io/apiserver pkg/endpoints/handlers/delete.go, k8s.io/apimachinery pkg/apis/meta/v1/validation).
 */
import { badRequestError, invalidError } from '../../apimachinery/status-error.ts'
import { invalid, notSupported } from '../../apimachinery/field-path.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { DeletionOptions } from '../../registry/delete.ts'
import { WRITE_MEDIA_TYPES, decodeRaw, parseBody, readBody } from './body.ts'
import type { ApiHost } from '../api-host.ts'
import { parseBoolean, parseInteger } from '../../apimachinery/query-values.ts'
import type { RequestContext } from '../request-context.ts'
import { dryRunErrors } from './write-options.ts'

/** Whatever apiVersion the body says: every group has had DeleteOptions of its own. */
const DELETE_OPTIONS: KindRef = {
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
  resource: '',
  scope: 'Cluster',
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

export async function readDeletionOptions({ host, request, query }: RequestContext): Promise<ReadDeletionOptions> {
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const isFromBody = body.text !== '' || (body.bytes?.length ?? 0) > 0
  const wire = isFromBody
    ? decode(host, parseBody(body, () => undefined, badRequestError), body.bytes !== undefined)
    : query.size === 0
      ? {}
      : fromQuery(query)
  return {
    options: deletionOptionsOf(wire),
    isDryRun: (wire.dryRun ?? []).length > 0,
    acceptedCode: wire.orphanDependents === false ? 202 : 200,
  }
}

function decode(host: ApiHost, value: object, isProtobuf: boolean): WireDeleteOptions {
  const { kind = '' } = value as { kind?: string }
  if (kind !== '' && kind !== DELETE_OPTIONS.kind) {
    throw badRequestError('decoded object cannot be converted to DeleteOptions')
  }
  try {
    const options = isProtobuf ? decodeRaw(DELETE_OPTIONS, value) : value
    return host.decode(DELETE_OPTIONS, options).object as WireDeleteOptions
  } catch (error) {
    throw badRequestError(error instanceof Error ? error.message : String(error))
  }
}

function fromQuery(query: URLSearchParams): WireDeleteOptions {
  const gracePeriodSeconds = parseInteger(query.get('gracePeriodSeconds'))
  const orphanDependents = parseBoolean(query.get('orphanDependents'))
  const propagationPolicy = query.get('propagationPolicy')
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(propagationPolicy === null ? {} : { propagationPolicy }),
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
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}
