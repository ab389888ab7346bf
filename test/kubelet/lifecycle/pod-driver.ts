/** Drives one pod's life in a test: a builder for pods, and a world in which every action is answered by hand. */
import type { V1Container, V1Pod, V1PodSpec, V1PodStatus } from '../../../src/apis/generated/types.ts'
import { advance } from '../../../src/kubelet/lifecycle/advance.ts'
import type { Action, Observation, PodLife } from '../../../src/kubelet/lifecycle/pod-life.ts'
import { containerLife, newPodLife } from '../../../src/kubelet/lifecycle/pod-life.ts'
import { podStatus } from '../../../src/kubelet/lifecycle/status.ts'

export const START_MS = Date.UTC(2026, 0, 1)

export function aContainer(container: Partial<V1Container> = {}): V1Container {
  return { name: 'main', image: 'example/app:1', ...container }
}

export function aPod(spec: Partial<V1PodSpec> = {}, metadata: V1Pod['metadata'] = {}): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-1', generation: 1, ...metadata },
    spec: {
      containers: [aContainer()],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      nodeName: 'n1',
      ...spec,
    },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  }
}

export class PodDriver {
  pod: V1Pod
  life: PodLife
  nowMs = START_MS
  wakeAtMs = Infinity
  /** Actions asked for and not yet answered. */
  readonly actions: Action[] = []
  readonly events: string[] = []

  constructor(pod: V1Pod) {
    this.pod = pod
    this.life = newPodLife(pod, this.nowMs)
    this.see()
  }

  get status(): V1PodStatus {
    return podStatus(this.pod, this.life, this.nowMs)
  }

  see(...observations: Observation[]): this {
    const step = advance(this.pod, this.life, observations, this.nowMs)
    this.life = step.life
    this.wakeAtMs = step.wakeAtMs
    for (const action of step.actions) {
      if (action.type === 'event') this.events.push(`${action.eventType} ${action.reason} ${action.message}`)
      else this.actions.push(action)
    }
    this.pod = { ...this.pod, status: this.status }
    return this
  }

  /** Time passes; the pod is looked at whenever it asked for it. */
  pass(seconds: number): this {
    const endMs = this.nowMs + seconds * 1_000
    while (this.wakeAtMs <= endMs) {
      this.nowMs = Math.max(this.nowMs, this.wakeAtMs)
      this.see()
    }
    this.nowMs = endMs
    return this
  }

  /** Takes the open actions of this type. */
  take<T extends Action['type']>(type: T): Extract<Action, { type: T }>[] {
    const taken = this.actions.filter((action): action is Extract<Action, { type: T }> => action.type === type)
    for (const action of taken) this.actions.splice(this.actions.indexOf(action), 1)
    return taken
  }

  prepare(): this {
    if (this.take('prepare').length === 0) throw new Error('nothing asked to be prepared')
    return this.see({ type: 'prepared', podIPs: ['10.0.0.5'], hostIPs: ['10.1.0.1'] })
  }

  /** Answers every open start with success. */
  start(): this {
    return this.see(
      ...this.take('start').map(({ container, attempt }) => ({
        type: 'started' as const,
        container,
        attempt,
        containerID: `test://${container}-${String(attempt)}`,
        imageID: 'test://image',
        atMs: this.nowMs,
      })),
    )
  }

  exit(container: string, exitCode: number): this {
    const attempt = containerLife(this.life, container).restartCount
    return this.see({ type: 'exited', container, attempt, exit: { exitCode, finishedAtMs: this.nowMs } })
  }

  probe(isSuccess: boolean, message = 'HTTP probe failed with statuscode: 500'): this {
    return this.see(
      ...this.take('probe').map(({ type: _type, ...which }) => ({
        type: 'probed' as const,
        ...which,
        isSuccess,
        message,
      })),
    )
  }

  condition(type: string): string {
    const { status, reason = '', message = '' } = this.status.conditions?.find((one) => one.type === type) ?? {}
    return [status, reason, message].filter((part) => part !== '').join(' | ')
  }

  /** `waiting ContainerCreating`, `running`, `terminated Error 1`, with the restart count. */
  container(name = 'main'): string {
    const all = [...(this.status.initContainerStatuses ?? []), ...(this.status.containerStatuses ?? [])]
    const { state, restartCount = 0 } = all.find((one) => one.name === name) ?? {}
    const shown = state?.waiting
      ? `waiting ${state.waiting.reason ?? ''}`
      : state?.terminated
        ? `terminated ${state.terminated.reason ?? ''} ${String(state.terminated.exitCode)}`
        : 'running'
    return `${shown} (${String(restartCount)})`
  }
}
