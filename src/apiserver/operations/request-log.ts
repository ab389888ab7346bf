/**
 * The request log: one structured line a request, when its answer begins (k8s.io/apiserver pkg/server/httplog has the
 * same fields). Only made where somebody reads it.
 */
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
  const { request, url, info, flow, user, startedMs, auditId, traceId } = way
  return {
    ts: new Date(nowMs).toISOString(),
    level: 'debug',
    msg: 'HTTP',
    verb: reportedVerb(request, info),
    URI: url.pathname + url.search,
    latency: `${String(nowMs - startedMs)}ms`,
    stage: 'ResponseStarted',
    userAgent: (request.headers.get('user-agent') ?? '').slice(0, MAX_AGENT_LENGTH),
    'audit-ID': auditId.slice(0, MAX_FIELD_LENGTH),
    srcIP: way.sourceIp,
    user: user.username,
    ...(info.isResource ? { objectRef: objectRefOf(info) } : {}),
    ...(flow === undefined
      ? {}
      : { apf_pl: flow.level.name.slice(0, MAX_FIELD_LENGTH), apf_fs: flow.schemaName.slice(0, MAX_FIELD_LENGTH) }),
    ...(traceId === undefined ? {} : { traceID: traceId }),
    resp: code,
  }
}

type ResourceInfo = Extract<Way['info'], { isResource: true }>

function objectRefOf({ group, version, resource, subresource, namespace, name }: ResourceInfo): object {
  const parts = { resource, subresource, namespace, name, apiGroup: group, apiVersion: version }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== ''))
}
