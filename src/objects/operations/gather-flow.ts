/**
 * /debug/api_priority_and_fairness of a logical cluster: asks the sequencer and the objects that have written what they
 * hold at this moment. Bounded as /metrics is, since each that is asked is woken.
 */
import type { FlowDump } from '../../apiserver/operations/flow/flow-dump.ts'
import { flowTable } from '../../apiserver/operations/flow/flow-dump.ts'
import type { Env } from '../../env.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { clusterObjectName } from '../object-names.ts'

const MAX_NAMESPACES = 128

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
  const stores = new Set(['', ...(await sequencer.storeNames())])
  const asked = [...stores].slice(0, MAX_NAMESPACES)
  const asking = [sequencer.flowDump(), ...asked.map((name) => scopeStub(env, cluster, name).flowDump())]
  const answers = await Promise.allSettled(asking.map(async (one) => (await one) as FlowDump))
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
}
