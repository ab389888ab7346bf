/**
 * /debug/api_priority_and_fairness of a logical cluster: asks the sequencer and the objects that have written what they
 * hold at this moment.
 */
import type { FlowDump } from '../../apiserver/operations/flow/flow-dump.ts'
import { flowTable } from '../../apiserver/operations/flow/flow-dump.ts'
import type { Env } from '../../env.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { clusterObjectName } from '../object-names.ts'
import { askEach, namespacesToAsk } from './asked-namespaces.ts'

/** Undefined: no such path. */
export async function answerFlowTable(
  env: Env,
  cluster: string,
  { pathname, searchParams }: URL,
): Promise<Response | undefined> {
  const table = flowTable(pathname)
  if (table === undefined) return undefined
  const text = table(await gatherFlow(env, cluster), (searchParams.get('includeRequestDetails') ?? '') !== '')
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private' }
  return new Response(text, { headers })
}

/** Who does not answer holds nothing that could be told. */
async function gatherFlow(env: Env, cluster: string): Promise<FlowDump[]> {
  const sequencer = env.SEQUENCER_OBJECTS.getByName(clusterObjectName(cluster))
  const { asked } = await namespacesToAsk(env, cluster)
  const told = async (asking: PromiseLike<unknown>): Promise<FlowDump[]> => {
    const [answer] = await Promise.allSettled([asking])
    return answer.status === 'fulfilled' ? [answer.value as FlowDump] : []
  }
  const ofAll = await told(sequencer.flowDump())
  const ofScopes = await askEach(['', ...asked], (name) => told(scopeStub(env, cluster, name).flowDump()))
  return [...ofAll, ...ofScopes.flat()]
}
