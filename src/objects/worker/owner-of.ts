/**
 * The object that owns what is asked for: a namespace, the cluster scope, or the sequencer for all namespaces. Of a
 * custom resource the Worker does not know whether it is namespaced: the object that is asked says so when it is not
 * its own, and that is remembered. A definition may have been made anew with another scope, so it is only a guess.
 */
import type { RequestInfo, ResourceRequest } from '../../apiserver/request-info.ts'
import type { Owner } from '../../apiserver/custom/custom-resources.ts'
import { OWNER_HEADER } from '../../apiserver/custom/custom-resources.ts'
import type { Env } from '../../env.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { clusterObjectName } from '../object-names.ts'
import { builtInScheme } from '../scope/scope.ts'

/** Custom resources whose owner is remembered; any name may be asked for. */
const MAX_REMEMBERED = 1_000

const owners = new Map<string, Owner>()

/** `send` is called once, or twice when the guess was wrong; a list has no body to be sent again. */
export async function askOwner(
  env: Env,
  cluster: string,
  info: RequestInfo,
  send: (owner: Fetcher) => Promise<Response>,
): Promise<Response> {
  if (!info.isResource || !isList(info)) return send(ownerOf(env, cluster, info))
  const builtIn = builtInScheme.byResource(info.group, info.version, info.resource)
  if (builtIn !== undefined) return send(ofOwner(env, cluster, builtIn.scope === 'Namespaced' ? 'all' : 'cluster'))
  const key = `${cluster}/${info.group}/${info.resource}`
  const answer = await send(ofOwner(env, cluster, owners.get(key) ?? 'all'))
  const owner = answer.headers.get(OWNER_HEADER)
  if (owner !== 'all' && owner !== 'cluster') return answer
  if (owners.size >= MAX_REMEMBERED) owners.clear()
  owners.set(key, owner)
  return send(ofOwner(env, cluster, owner))
}

/** Over a whole cluster: what it asks for may be namespaced or not. */
function isList({ namespace, verb, subresource }: ResourceRequest): boolean {
  return namespace === '' && subresource === '' && (verb === 'list' || verb === 'watch')
}

function ofOwner(env: Env, cluster: string, owner: Owner): Fetcher {
  return owner === 'all'
    ? env.SEQUENCER_OBJECTS.getByName(clusterObjectName(cluster))
    : scopeStub(env, cluster, '')
}

/** Of anything but a list. */
export function ownerOf(env: Env, cluster: string, info: RequestInfo): Fetcher {
  const isOfNamespace = info.isResource && info.namespace !== '' && info.resource !== 'namespaces'
  return scopeStub(env, cluster, isOfNamespace ? info.namespace : '')
}
