/**
 * `pods/eviction`: deletes a pod if its disruption budget lets it go (kubernetes/kubernetes
 * pkg/registry/core/pod/storage/eviction.go). Budget, pod and deletion are read and written in one turn, so nothing is
 * retried and a budget never pays for a deletion that was refused.
 */
import { parseJson } from '../../lib/exact-json.ts'
import { invalid } from '../../apimachinery/field-path.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { byteLength } from '../../apimachinery/names.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import { badRequestError, invalidError, notFoundError, unclassifiedError } from '../../apimachinery/status-error.ts'
import { setPodCondition } from '../../apis/core/pod/pod-conditions.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { V1Pod, V1PodDisruptionBudget } from '../../apis/generated/types.ts'
import { coversPod, isBeyondBudgets, isFreeOfCharge, spend } from '../../apis/policy/budget-check.ts'
import { podDisruptionBudget } from '../../apis/policy/pod-disruption-budget/pod-disruption-budget.ts'
import { printTyped } from '../../apis/schema.ts'
import { MASTERS_GROUP } from '../../auth/user.ts'
import { placeInNamespace } from '../../registry/create.ts'
import { deleteObject, type DeletionOptions } from '../../registry/delete.ts'
import { parseObject } from '../../registry/object-text.ts'
import { updateObject } from '../../registry/update.ts'
import type { WriteContext, WriteResult } from '../../registry/write-context.ts'
import { keyOf } from '../../registry/write-context.ts'
import { MAX_OBJECT_BYTES } from '../../store/log-store.ts'
import { StoreError } from '../../store/store-error.ts'
import { answerText, statusSuccess } from '../answer.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import type { WireDeleteOptions } from '../writing/deletion-options.ts'
import { deletionOptionsOf } from '../writing/deletion-options.ts'
import { tracked } from '../writing/tracking.ts'
import type { Caller } from '../writing/turn.ts'
import { admitUnstored, inTurn } from '../writing/turn.ts'
import { readObject } from '../writing/written-object.ts'

const EVICTION: KindRef = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  resource: 'pods',
  scope: 'Namespaced',
  alsoWrittenAs: ['policy/v1beta1'],
}

const BUDGETS = 'poddisruptionbudgets.policy'

/** Which API writes what an eviction costs: the server itself, as upstream's loopback client. */
const SERVER: Pick<Caller, 'user' | 'manager'> = {
  user: { username: 'system:apiserver', groups: [MASTERS_GROUP] },
  manager: 'kube-apiserver',
}

export async function answerEviction(context: RequestContext): Promise<Response> {
  const { host, info } = context
  const { object: eviction, caller: asking } = await readObject(context, EVICTION)
  placeInNamespace(host, eviction)
  if ((eviction.metadata.name ?? '') !== info.name) {
    throw badRequestError('name in URL does not match name in Eviction object')
  }
  const wire = wireOptions(eviction, info.name, asking.isDryRun)
  const caller = { ...asking, isDryRun: asking.isDryRun || (wire.dryRun ?? []).length > 0 }
  await admitUnstored(host, caller, targetOf(context), eviction)
  const side = { definition: podDisruptionBudget, caller: { ...caller, ...SERVER } }
  const target = { ...targetOf(context), subresource: '' }
  let refusal: Status | undefined
  await inTurn(
    host,
    caller,
    target,
    'delete',
    (turn, sideContext) => {
      const { pod, budgets } = readPod(turn, info.name)
      if (budgets.length > 1) {
        refusal = SEVERAL_BUDGETS
        return { object: pod, text: '', isCreated: false, isDeleted: false }
      }
      const write: WriteBudget = (spent) => {
        const name = spent.metadata.name ?? ''
        const budget = { definition: podDisruptionBudget, namespace: host.namespace, name, subresource: 'status' }
        updateObject(sideContext(name, 'status'), name, tracked(host, side.caller, budget, () => spent))
      }
      return evict(turn, write, { pod, budget: budgets[0], wire })
    },
    side,
  )
  const status = refusal ?? { ...statusSuccess(undefined), code: 201 }
  return answerText(printTyped('V1Status', status), answerOptions(context, 201))
}

/** Answered as what was created: the code is in the body alone, as upstream has it. */
const SEVERAL_BUDGETS: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  code: 500,
}

/** The deletion's options in the body; a dry run may be asked for there or in the query. */
function wireOptions(eviction: AnyObject, name: string, isDryRun: boolean): WireDeleteOptions {
  const wire = (eviction['deleteOptions'] ?? {}) as WireDeleteOptions & Record<string, unknown>
  const breaking = 'ignoreStoreReadErrorWithClusterBreakingPotential'
  if (wire[breaking] === true) {
    const why = 'can not be set for pod eviction, try after removing the option'
    throw invalidError(EVICTION, name, [invalid(`deleteOptions.${breaking}`, true, why)])
  }
  const { dryRun = [] } = wire
  if (isDryRun && dryRun.length > 0 && (dryRun.length > 1 || dryRun[0] !== 'All')) {
    throw unclassifiedError(
      `Non-matching dry-run options in request and content: [All] and [${dryRun.join(' ')}]`,
    )
  }
  return wire
}

/**
 * Bytes for the condition and the mark. They are written one after the other, and a budget before them: a pod without
 * room for both is refused before anything is written.
 */
const ROOM_TO_GO = 1_024

/** Writes what is left of a budget, as the server itself. */
type WriteBudget = (spent: AnyObject) => void

interface Evicted {
  readonly pod: V1Pod & AnyObject
  readonly budget: V1PodDisruptionBudget | undefined
  readonly wire: WireDeleteOptions
}

function readPod(context: WriteContext, name: string): { pod: Evicted['pod']; budgets: V1PodDisruptionBudget[] } {
  const { reader } = context
  const stored = reader.get(keyOf(context, name))
  if (stored === undefined) throw notFoundError({ group: '', resource: 'pods' }, name)
  if (byteLength(stored.text) > MAX_OBJECT_BYTES - ROOM_TO_GO) {
    throw new StoreError('tooLarge', `pod "${name}" has no room for what its eviction says in it`)
  }
  const pod = parseObject(stored.text) as Evicted['pod']
  if (isBeyondBudgets(pod)) return { pod, budgets: [] }
  const { objects } = reader.list({ resource: BUDGETS, limit: Number.MAX_SAFE_INTEGER })
  const budgets = objects.map(({ text }) => parseJson(text) as V1PodDisruptionBudget)
  return { pod, budgets: budgets.filter((budget) => coversPod(budget, pod)) }
}

/**
 * An empty resourceVersion is none: upstream looks at its preconditions in the write of the condition first, for which
 * an empty one is none, and puts the revision of that write in its place. An empty uid is of no pod, but told after.
 */
function evictionOptions(
  { isDryRun }: WriteContext,
  { metadata }: Evicted['pod'],
  wire: WireDeleteOptions,
): DeletionOptions {
  const { resourceVersion, ...options } = deletionOptionsOf(wire)
  if (resourceVersion === undefined || (resourceVersion === '' && !isDryRun)) return options
  if (isDryRun || options.uid !== '' || resourceVersion === metadata.resourceVersion) return { ...options, resourceVersion }
  const { uid: _none, ...others } = options
  return { ...others, resourceVersion }
}

/** Decides about the budget, then about the deletion; only then is anything written. */
function evict(context: WriteContext, write: WriteBudget, { pod, budget, wire }: Evicted): WriteResult {
  const { nowMs } = context
  const name = pod.metadata.name ?? ''
  const spent = budget === undefined || isFreeOfCharge(budget, pod) ? undefined : spend(budget, name, nowMs)
  return deleteObject(context, name, evictionOptions(context, pod, wire), (going) => {
    if (context.isDryRun) return
    if (spent !== undefined) write(spent as AnyObject)
    setPodCondition(
      going,
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
      },
      nowMs,
    )
  })
}
