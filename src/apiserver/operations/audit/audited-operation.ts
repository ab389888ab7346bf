/**
 * Writes of our own actors, audited as the requests that they would be over HTTP: an actor in the object of its data
 * sends none. Without a policy none of this is made. Differs: what actors read (their own log, mostly) is no request.
 */
import { queryOf } from '../../../apimachinery/query-values.ts'
import type { KindDefinition } from '../../../apis/define-kind.ts'
import type { UserInfo } from '../../../auth/user.ts'
import type { Operation } from '../../../client/client.ts'
import type { WriteResult } from '../../../registry/write-context.ts'
import { internalError } from '../../../apimachinery/status-error.ts'
import { asStatusError } from '../../answer.ts'
import { parseRequest } from '../../request-info.ts'
import { PATCH_MEDIA_TYPES } from '../../writing/patch-types.ts'
import type { WayHost } from '../way.ts'
import type { AuditTrail, Auditor } from './auditor.ts'

export interface ActorWrite {
  readonly user: UserInfo
  readonly manager: string
  readonly definition: KindDefinition
  readonly namespace: string
  /** Of the object; '' for one that is created. */
  readonly name: string
  readonly operation: Operation
}

/** Carries the write out by `work`, unless it must be recorded first and cannot be; how it ended is not waited for. */
export async function auditedOperation(
  { clock, random }: Pick<WayHost, 'clock' | 'random'>,
  auditor: Auditor,
  write: ActorWrite,
  work: (trail: AuditTrail | undefined) => Promise<WriteResult>,
): Promise<WriteResult> {
  const request = requestOf(write)
  const url = new URL(request.url)
  const info = parseRequest(request.method, url.pathname, queryOf(url))
  const arrival = { request, url, info, startedMs: clock.now(), waitedMs: 0, auditId: random.uuid(), sourceIps: [] }
  const trail = auditor.begin(arrival, write.user)
  if (trail !== undefined && !(await trail.mayGoOn())) throw internalError('failed to store audit event')
  const { operation } = write
  if (operation.verb === 'create' || operation.verb === 'update') trail?.understood(operation.object)
  // Only a body that was read is recorded.
  await request.text()
  try {
    const result = await work(trail)
    const answer = answerOf(result.isDeleted ? null : result.text, result.isCreated ? 201 : 200)
    void trail?.answered(answer, { isTold: true })
    return result
  } catch (error) {
    const { status } = asStatusError(error)
    void trail?.answered(answerOf(JSON.stringify(status), status.code ?? 500), { isTold: true, status })
    throw error
  }
}

function answerOf(text: string | null, status: number): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json' } })
}

const METHODS: Readonly<Record<Operation['verb'], string>> = {
  create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE',
}

function requestOf({ definition, namespace, name, manager, operation }: ActorWrite): Request {
  const { group, version, resource, scope } = definition
  const subresource = operation.verb === 'delete' ? '' : (operation.options?.subresource ?? '')
  const isNamed = operation.verb !== 'create' || subresource !== ''
  const path = [
    group === '' ? 'api' : `apis/${group}`,
    version,
    ...(scope === 'Cluster' ? [] : ['namespaces', namespace]),
    resource,
    ...(isNamed ? [name] : []),
    ...(subresource === '' ? [] : [subresource]),
  ].join('/')
  return new Request(`https://scope/${path}`, {
    method: METHODS[operation.verb],
    headers: { 'user-agent': manager, 'content-type': mediaTypeOf(operation) },
    body: JSON.stringify(bodyOf(operation)),
  })
}

function mediaTypeOf(operation: Operation): string {
  return operation.verb === 'patch' ? PATCH_MEDIA_TYPES[operation.type] : 'application/json'
}

function bodyOf(operation: Operation): unknown {
  switch (operation.verb) {
    case 'patch':
      return operation.patch
    case 'delete':
      return { kind: 'DeleteOptions', apiVersion: 'v1', ...operation.options }
    default:
      return operation.object
  }
}
