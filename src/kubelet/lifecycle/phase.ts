/**
 * The pod's phase from its containers, after pkg/kubelet/kubelet_pods.go (getPhase). Exit codes of sidecars never
 * decide.
 */
import type { V1Container, V1Pod } from '../../apis/generated/types.ts'
import type { PodLife, TerminalPhase } from './pod-life.ts'
import { containerLife, isSidecar, specOf } from './pod-life.ts'
import { isStarted } from './probes.ts'

export type Phase = 'Pending' | 'Running' | TerminalPhase

export function phaseOf(pod: V1Pod, life: PodLife): Phase {
  if (life.terminalPhase !== undefined) return life.terminalPhase
  const { containers, initContainers = [] } = specOf(pod)
  const lives = containers.map(({ name }) => containerLife(life, name))
  // Whatever has once ended counts as begun, also while it waits to start again.
  const hasBegun = lives.some(
    ({ state, restartCount }) => (state !== 'waiting' && state !== 'starting') || restartCount > 0,
  )
  if (!hasBegun && initContainers.some((container) => !isInitialized(container, life))) return 'Pending'
  const isAnyNew = lives.some(
    ({ state, restartCount }) => (state === 'waiting' || state === 'starting') && restartCount === 0,
  )
  return isAnyNew ? 'Pending' : 'Running'
}

/** An init container that lets the next one start. */
export function isInitialized(container: V1Container, life: PodLife): boolean {
  const one = containerLife(life, container.name)
  return isSidecar(container) ? isStarted(container, one) : one.state === 'exited' && one.exit?.exitCode === 0
}

/** The phase of a pod in which nothing runs and nothing will. */
export function finalPhase(pod: V1Pod, life: PodLife): TerminalPhase {
  const phase = pod.status?.phase
  if (phase === 'Failed' || phase === 'Succeeded') return phase
  const { containers, initContainers = [] } = specOf(pod)
  const hasSucceeded = ({ name }: V1Container): boolean => {
    const { state, exit } = containerLife(life, name)
    return state === 'exited' && exit?.exitCode === 0
  }
  const areInitsDone = initContainers.every((container) => isSidecar(container) || hasSucceeded(container))
  return areInitsDone && containers.length > 0 && containers.every(hasSucceeded) ? 'Succeeded' : 'Failed'
}
