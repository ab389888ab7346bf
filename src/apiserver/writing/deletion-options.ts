/**
 * DeleteOptions, from the body under any group's apiVersion or else from the query; with a body, query options are
 * ignored (k8s.io/apiserver pkg/endpoints/handlers/delete.go).
 */
import { badRequestError, invalidError } from '../../apimachinery/status-error.ts'
import { invalid, notSupported } from '../../apimachinery/field-path.ts'
import type { DeletionOptions } from '../../registry/delete.ts'
import type { Body } from './body.ts'
import { WRITE_MEDIA_TYPES, readBody, readProtobuf } from './body.ts'
import { readYaml } from '../../apimachinery/wire/yaml.ts'
import type { RequestContext } from '../request-context.ts'
import { dryRunOf } from '../request-context.ts'
import { isTrue } from '../request-info.ts'

interface WireDeleteOptions {
  kind?: unknown
  gracePeriodSeconds?: unknown
  propagationPolicy?: unknown
  orphanDependents?: unknown
  preconditions?: { uid?: unknown; resourceVersion?: unknown }
  dryRun?: unknown
}

export interface ReadDeletionOptions {
  readonly options: DeletionOptions
  readonly isDryRun: boolean
}

export async function readDeletionOptions({ request, query }: RequestContext): Promise<ReadDeletionOptions> {
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const isFromBody = body.text.trim() !== '' || (body.bytes?.length ?? 0) > 0
  const wire = isFromBody ? parseBody(body) : fromQuery(query)
  const dryRun = Array.isArray(wire.dryRun)
    ? new URLSearchParams(wire.dryRun.map((value) => ['dryRun', String(value)]))
    : query
  return { options: checked(wire), isDryRun: dryRunOf(isFromBody ? dryRun : query) }
}

function parseBody({ text, bytes, mediaType }: Body): WireDeleteOptions {
  let value: unknown
  if (bytes !== undefined) return readProtobuf({ kind: 'DeleteOptions' }, bytes)
  try {
    value = mediaType === 'application/yaml' ? readYaml(text) : (JSON.parse(text) as unknown)
  } catch (error) {
    throw badRequestError(`couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : ''}`)
  }
  if (typeof value !== 'object' || value === null)
    throw badRequestError('decoded object cannot be converted to DeleteOptions')
  const wire = value as WireDeleteOptions
  if (wire.kind !== undefined && wire.kind !== '' && wire.kind !== 'DeleteOptions') {
    throw badRequestError('decoded object cannot be converted to DeleteOptions')
  }
  return wire
}

function fromQuery(query: URLSearchParams): WireDeleteOptions {
  const grace = query.get('gracePeriodSeconds')
  const orphan = query.get('orphanDependents')
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: /^-?\d+$/.test(grace) ? Number(grace) : grace }),
    ...(query.has('propagationPolicy') ? { propagationPolicy: query.get('propagationPolicy') } : {}),
    ...(orphan === null ? {} : { orphanDependents: isTrue(orphan) }),
  }
}

/** What a negative grace period means (k8s.io/apiserver pkg/registry/rest/delete.go, BeforeDelete). */
const NEGATIVE_GRACE_SECONDS = 1

const POLICIES = ['Foreground', 'Background', 'Orphan'] as const

function checked(wire: WireDeleteOptions): DeletionOptions {
  const { gracePeriodSeconds: grace, propagationPolicy, orphanDependents, preconditions } = wire
  if (grace !== undefined && grace !== null && (typeof grace !== 'number' || !Number.isInteger(grace))) {
    throw badRequestError('gracePeriodSeconds must be an integer')
  }
  const policy = POLICIES.find((name) => name === propagationPolicy)
  const refuse = (error: ReturnType<typeof invalid>): never => {
    throw invalidError({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', [error])
  }
  if (
    policy === undefined &&
    propagationPolicy !== undefined &&
    propagationPolicy !== null &&
    propagationPolicy !== ''
  ) {
    refuse(notSupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']))
  }
  if (policy !== undefined && typeof orphanDependents === 'boolean') {
    refuse(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'))
  }
  const propagation = typeof orphanDependents === 'boolean' ? (orphanDependents ? 'Orphan' : 'Background') : policy
  const { uid, resourceVersion } = preconditions ?? {}
  return {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace < 0 ? NEGATIVE_GRACE_SECONDS : grace } : {}),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
    ...(typeof uid === 'string' ? { uid } : {}),
    ...(typeof resourceVersion === 'string' ? { resourceVersion } : {}),
  }
}
