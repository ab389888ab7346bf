/**
 * The request log: one structured line a request, when its answer begins (k8s.io/apiserver pkg/server/httplog has the
 * same fields). Only made where somebody reads it.
 */
import { goDuration } from '../../apimachinery/wire/go-duration.ts'
import type { UserInfo } from '../../auth/user.ts'
import { reportedVerb } from './metrics/request-metrics.ts'
import type { Way } from './way.ts'

export interface RequestLine {
  readonly ts: string
  readonly level: 'debug'
  readonly msg: 'HTTP'
  readonly [field: string]: unknown
}

/** Long names are cut, as they are the client's. */
const MAX_FIELD_LENGTH = 64
const MAX_AGENT_LENGTH = 1024

export function requestLine(way: Way, code: number, nowMs: number): RequestLine {
  const { request, url, info, user, startedMs, auditId, traceId } = way
  return {
    ts: new Date(nowMs).toISOString(),
    level: 'debug',
    msg: 'HTTP',
    verb: reportedVerb(request, info),
    URI: url.pathname + url.search,
    latency: goDuration(nowMs - startedMs),
    stage: 'ResponseStarted',
    userAgent: (request.headers.get('user-agent') ?? '').slice(0, MAX_AGENT_LENGTH),
    'audit-ID': auditId.slice(0, MAX_FIELD_LENGTH),
    srcIP: way.sourceIp,
    user: user.username,
    ...(info.isResource ? { objectRef: objectRefOf(info) } : {}),
    ...flowFields(way, nowMs),
    ...(traceId === undefined ? {} : { traceID: traceId }),
    ...(code === 101 ? { hijacked: true } : { resp: code }),
    ...(user === way.authenticated ? {} : { addedInfo: `${userText(way.authenticated)} is impersonating ${userText(user)}` }),
  }
}

/** Where priority and fairness put it, and what it takes there. */
function flowFields({ verdict, info }: Way, nowMs: number): object {
  if (verdict === undefined) return {}
  const { flow, width } = verdict
  const fields = {
    apf_pl: flow.level.name.slice(0, MAX_FIELD_LENGTH),
    apf_fs: flow.schemaName.slice(0, MAX_FIELD_LENGTH),
    apf_iseats: width.initialSeats,
    apf_fseats: width.finalSeats,
    apf_additionalLatency: goDuration(width.finalMs),
  }
  if (!verdict.isAdmitted) return fields
  const time = info.verb === 'watch' ? 'apf_init_latency' : 'apf_execution_time'
  return { ...fields, [time]: goDuration(nowMs - verdict.startedMs) }
}

function userText({ username, groups }: UserInfo): string {
  return `${username}[${groups.join(',')}]`
}

type ResourceInfo = Extract<Way['info'], { isResource: true }>

function objectRefOf({ group, version, resource, subresource, namespace, name }: ResourceInfo): object {
  const parts = { resource, subresource, namespace, name, apiGroup: group, apiVersion: version }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''))
}
