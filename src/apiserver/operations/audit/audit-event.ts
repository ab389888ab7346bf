/** Events of audit.k8s.io/v1, with their fields in the order in which upstream prints them. Pure. */
import type { ObjectMeta } from '../../../apimachinery/meta.ts'
import { formatMicroTime } from '../../../apimachinery/meta.ts'
import type { Status } from '../../../apimachinery/status-error.ts'
import type { UserInfo } from '../../../auth/user.ts'
import type { RequestInfo } from '../../request-info.ts'
import type { Level, Stage } from './policy.ts'

export interface ObjectReference {
  resource?: string
  namespace?: string
  name?: string
  uid?: string
  apiGroup?: string
  apiVersion?: string
  resourceVersion?: string
  subresource?: string
}

/** Everything that is known of a request; grows while it is answered. */
export interface AuditRecord {
  readonly level: Level
  readonly auditId: string
  readonly requestUri: string
  readonly verb: string
  /** Undefined: it could not be authenticated. */
  readonly user: UserInfo | undefined
  readonly sourceIps: readonly string[]
  readonly userAgent: string
  readonly receivedMs: number
  readonly annotations: Record<string, string>
  readonly objectRef: ObjectReference | undefined
  impersonatedUser?: UserInfo
  /** By which verb it was allowed, where that was one of a mode. */
  authenticationMetadata?: { readonly impersonationConstraint: string }
  responseStatus?: object
  requestObject?: unknown
  responseObject?: unknown
}

const MAX_AGENT_LENGTH = 1024

/** Fields that are empty are left out, as Go leaves them out. */
export function eventOf(record: AuditRecord, stage: Stage, nowMs: number): object {
  const { userAgent, annotations, objectRef, sourceIps, user, impersonatedUser } = record
  const agent = userAgent.length > MAX_AGENT_LENGTH ? `${userAgent.slice(0, MAX_AGENT_LENGTH)}...TRUNCATED` : userAgent
  const hasAnnotations = Object.keys(annotations).length > 0
  const event = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: record.level,
    auditID: record.auditId,
    stage,
    requestURI: record.requestUri,
    verb: record.verb,
    user: user === undefined ? {} : userOf(user),
    impersonatedUser: impersonatedUser === undefined ? undefined : userOf(impersonatedUser),
    authenticationMetadata: record.authenticationMetadata,
    sourceIPs: sourceIps.length === 0 ? undefined : sourceIps,
    userAgent: agent === '' ? undefined : agent,
    objectRef: objectRef === undefined ? undefined : withoutEmpty(objectRef),
    responseStatus: record.responseStatus,
    requestObject: record.requestObject,
    responseObject: record.responseObject,
    requestReceivedTimestamp: formatMicroTime(record.receivedMs),
    stageTimestamp: formatMicroTime(stage === 'RequestReceived' ? record.receivedMs : nowMs),
    annotations: hasAnnotations ? { ...annotations } : undefined,
  }
  return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined))
}

function userOf({ username, uid, groups, extra }: UserInfo): object {
  return {
    username,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

const FIELDS = [
  'resource', 'namespace', 'name', 'uid', 'apiGroup', 'apiVersion', 'resourceVersion', 'subresource',
] as const

function withoutEmpty(reference: ObjectReference): ObjectReference {
  return Object.fromEntries(
    FIELDS.flatMap((field) => ((reference[field] ?? '') === '' ? [] : [[field, reference[field]]])),
  ) as ObjectReference
}

export function referenceOf(info: RequestInfo): ObjectReference | undefined {
  if (!info.isResource) return undefined
  const { resource, namespace, name, group, version, subresource } = info
  return { resource, namespace, name, apiGroup: group, apiVersion: version, subresource }
}

/** What the body says that the address does not. */
export function completeReference(reference: ObjectReference | undefined, metadata: ObjectMeta): void {
  if (reference === undefined) return
  for (const field of ['namespace', 'name', 'uid', 'resourceVersion'] as const) {
    if ((reference[field] ?? '') === '' && metadata[field] !== undefined) reference[field] = metadata[field]
  }
}

/** The bounded fields of a Status; an answer that is none has its code only. */
export function statusOf(code: number, status?: Partial<Status>): object {
  const { status: outcome, message, reason, details } = status ?? {}
  return {
    metadata: {},
    ...(outcome === undefined ? {} : { status: outcome }),
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  }
}
