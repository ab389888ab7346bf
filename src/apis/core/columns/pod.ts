/**
 * Columns of pods. STATUS is not a field: it is worked out from phase, conditions and container states, and people
 * read it more than anything else, so it follows upstream case by case.
 * Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go, printPod.
 */
import type { Column, RowCondition } from '../../../apimachinery/table.ts'
import type { V1ContainerStatus, V1Pod } from '../../generated/types.ts'
import { NONE, ageColumn, ageOf, column, nameColumn, orNone } from '../../table-columns.ts'

interface Summary {
  readonly status: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
  readonly lastRestart: string | undefined
}

/** Restarts counted so far, and when the last of them was. */
class Restarts {
  count = 0
  last: string | undefined

  add({ restartCount, lastState }: V1ContainerStatus): void {
    this.count += restartCount
    const finished = lastState?.terminated?.finishedAt
    if (typeof finished === 'string' && (this.last === undefined || this.last < finished)) this.last = finished
  }
}

function isSidecar(pod: V1Pod, name: string): boolean {
  return pod.spec?.initContainers?.find((container) => container.name === name)?.restartPolicy === 'Always'
}

function hasCondition(pod: V1Pod, type: string): boolean {
  return pod.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false
}

/** `Signal:9` or `ExitCode:1` where a terminated container gives no reason. */
function exitText({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  if (reason !== undefined && reason !== '') return reason
  return signal !== undefined && signal !== 0 ? `Signal:${String(signal)}` : `ExitCode:${String(exitCode)}`
}

/** What an init container that is not done says of the pod; undefined when it is done. */
function initText(pod: V1Pod, { state, started, name }: V1ContainerStatus, index: number): string | undefined {
  if (state?.terminated?.exitCode === 0) return undefined
  if (isSidecar(pod, name) && started === true) return undefined
  if (state?.terminated !== undefined) return `Init:${exitText(state.terminated)}`
  const waiting = state?.waiting?.reason ?? ''
  if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`
  return `Init:${String(index)}/${String(pod.spec?.initContainers?.length ?? 0)}`
}

function summarize(pod: V1Pod): Summary {
  const { spec, status } = pod
  const inits = status?.initContainerStatuses ?? []
  let text = orElse(status?.reason, status?.phase ?? '')
  if (
    status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated') === true
  ) {
    text = 'SchedulingGated'
  }
  const sidecarNames = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  const total = ((spec?.containers as unknown[] | null | undefined) ?? []).length + sidecarNames.length
  let restarts = new Restarts()
  const sidecarRestarts = new Restarts()
  let ready = 0
  let isInitializing = false
  for (const [index, container] of inits.entries()) {
    restarts.add(container)
    const sidecar = isSidecar(pod, container.name)
    if (sidecar) sidecarRestarts.add(container)
    const unfinished = initText(pod, container, index)
    if (unfinished !== undefined) {
      text = unfinished
      isInitializing = true
      break
    }
    if (sidecar && container.state?.terminated?.exitCode !== 0 && container.ready) ready++
  }
  if (!isInitializing || hasCondition(pod, 'Initialized')) {
    restarts = sidecarRestarts
    const main = summarizeContainers(pod, text, restarts)
    text = main.status
    ready += main.ready
  }
  return { status: deletionText(pod, text), ready, total, restarts: restarts.count, lastRestart: restarts.last }
}

function summarizeContainers(pod: V1Pod, given: string, restarts: Restarts): { status: string; ready: number } {
  let status = given
  let failure = ''
  let ready = 0
  for (const container of (pod.status?.containerStatuses ?? []).toReversed()) {
    restarts.add(container)
    const { waiting, terminated, running } = container.state ?? {}
    if ((waiting?.reason ?? '') !== '') status = waiting?.reason ?? ''
    else if (terminated !== undefined) {
      status = exitText(terminated)
      if (terminated.exitCode !== 0) failure = status
    } else if (container.ready && running !== undefined) ready++
  }
  return { status: status === 'Completed' ? completedText(pod, ready > 0, failure) : status, ready }
}

/** The first container has finished well; others may still run, or have failed. */
function completedText(pod: V1Pod, isRunning: boolean, failure: string): string {
  if (isRunning && hasCondition(pod, 'Ready')) return 'Running'
  if (failure !== '') return failure
  return isRunning ? 'NotReady' : 'Completed'
}

function deletionText({ metadata, status }: V1Pod, text: string): string {
  if (metadata.deletionTimestamp === undefined) return text
  if (status?.reason === 'NodeLost') return 'Unknown'
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? text : 'Terminating'
}

function orElse(text: string | undefined, other: string): string {
  return text === undefined || text === '' ? other : text
}

function gatesText({ spec, status }: V1Pod): string {
  const gates = spec?.readinessGates ?? []
  if (gates.length === 0) return NONE
  const open = gates.filter(({ conditionType }) =>
    status?.conditions?.some(({ type, status: value }) => type === conditionType && value === 'True'),
  )
  return `${String(open.length)}/${String(gates.length)}`
}

export const podColumns: readonly Column<V1Pod>[] = [
  nameColumn,
  column('Ready', (pod) => {
    const { ready, total } = summarize(pod)
    return `${String(ready)}/${String(total)}`
  }),
  column('Status', (pod) => summarize(pod).status),
  column('Restarts', (pod, nowMs) => {
    const { restarts, lastRestart } = summarize(pod)
    return restarts > 0 && lastRestart !== undefined
      ? `${String(restarts)} (${ageOf(lastRestart, nowMs)} ago)`
      : String(restarts)
  }),
  ageColumn,
  column('IP', ({ status }) => orNone(status?.podIPs?.[0]?.ip ?? status?.podIP), { isWide: true }),
  column('Node', ({ spec }) => orNone(spec?.nodeName), { isWide: true }),
  column('Nominated Node', ({ status }) => orNone(status?.nominatedNodeName), { isWide: true }),
  column('Readiness Gates', gatesText, { isWide: true }),
]

/** What tables say of a pod that is over, so that clients can hide its row. */
export function podRowConditions({ status }: V1Pod): readonly RowCondition[] {
  switch (status?.phase) {
    case 'Succeeded':
      return [completed('Succeeded', 'The pod has completed successfully.')]
    case 'Failed':
      return [completed('Failed', 'The pod failed.')]
    default:
      return []
  }
}

function completed(reason: string, message: string): RowCondition {
  return { type: 'Completed', status: 'True', reason, message }
}
