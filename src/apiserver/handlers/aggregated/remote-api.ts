/**
 * The groups and versions that other servers serve, by the APIServices of the cluster's policy. There mostly are none,
 * and then this costs a look-up.
 */
import type { V1APIService } from '../../../apis/generated/types.ts'
import type { ClusterPolicy } from '../../../auth/cluster-policy.ts'
import type { ApiHost } from '../../api-host.ts'
import type { RequestInfo } from '../../request-info.ts'

export interface RemoteApi {
  readonly group: string
  readonly version: string
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number }
  readonly isAvailable: boolean
}

/** Our own, and those of others. */
export function apiServices(policy: ClusterPolicy): Iterable<V1APIService> {
  return policy.all<V1APIService>('apiservices.apiregistration.k8s.io')
}

const byPolicy = new WeakMap<ClusterPolicy, ReadonlyMap<string, RemoteApi>>()

/** By `group/version`. */
export function remoteApis(policy: ClusterPolicy): ReadonlyMap<string, RemoteApi> {
  let apis = byPolicy.get(policy)
  if (apis === undefined) {
    apis = new Map([...apiServices(policy)].flatMap(remoteApi).map((one) => [`${one.group}/${one.version}`, one]))
    byPolicy.set(policy, apis)
  }
  return apis
}

function remoteApi({ spec, status }: V1APIService): RemoteApi[] {
  if (spec?.service === undefined) return []
  const { group = '', version = '' } = spec
  const { namespace = '', name = '', port = 443 } = spec.service
  const condition = status?.conditions?.find(({ type }) => type === 'Available')
  return [
    {
      group,
      version,
      service: { namespace, name, port },
      isAvailable: condition?.status === 'True',
    },
  ]
}

const VERSION_PATH = /^\/(?:openapi\/v3\/)?apis\/([^/]+)\/([^/]+)(?:\/|$)/

type Host = Pick<ApiHost, 'policy' | 'refreshPolicy' | 'scheme'>

/** Whose request it is, if not ours; a promise only when the policy has to be asked for. */
export function remoteApiFor(host: Host, info: RequestInfo): RemoteApi | undefined | Promise<RemoteApi | undefined> {
  const policy = host.policy()
  return policy instanceof Promise ? policy.then((known) => lookUp(host, known, info)) : lookUp(host, policy, info)
}

/** What nobody serves, by what is known here, and what is down is only said with the newest policy at hand. */
function lookUp(host: Host, policy: ClusterPolicy, info: RequestInfo) {
  const api = remoteApiOf(policy, info)
  if (api?.isAvailable === true || (api === undefined && isOurs(host, info))) return api
  return host.refreshPolicy().then((newest) => remoteApiOf(newest, info))
}

function isOurs({ scheme }: Host, info: RequestInfo): boolean {
  if (!info.isResource) return !VERSION_PATH.test(info.path)
  return scheme.byResource(info.group, info.version, info.resource) !== undefined
}

function remoteApiOf(policy: ClusterPolicy, info: RequestInfo): RemoteApi | undefined {
  const apis = remoteApis(policy)
  if (apis.size === 0) return undefined
  if (info.isResource) return apis.get(`${info.group}/${info.version}`)
  const [, group = '', version = ''] = VERSION_PATH.exec(info.path) ?? []
  return apis.get(`${group}/${version}`)
}
