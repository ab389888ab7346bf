/**
 * What simulated containers do, as data: a life in stages, chosen by annotation. The annotation's text is a list of
 * stages, `NAME` or `NAME after DURATION`, separated by commas:
 *
 *     workernetes.dev/simulate: "start after 2s, crash after 10s"
 *     simulate.workernetes.dev/CONTAINER: "never-ready"        (for one container only)
 *
 * Without one, containers start at once and keep running; under restartPolicy Never or OnFailure they end well after
 * DEFAULT_JOB_MS, and init containers at once.
 */
import { ownValue } from '../../../lib/own-value.ts'
import type { V1Container, V1Pod } from '../../../apis/generated/types.ts'
import { isSidecar, specOf } from '../../lifecycle/pod-life.ts'

export const SIMULATE_ANNOTATION = 'workernetes.dev/simulate'
/** Followed by a container's name. */
export const SIMULATE_CONTAINER_PREFIX = 'simulate.workernetes.dev/'

/** How long simulated work takes that is not said otherwise. */
export const DEFAULT_JOB_MS = 1_000

export interface Script {
  /** From being asked to start until it runs. */
  readonly startDelayMs: number
  readonly prepareFailure?: { readonly reason: string; readonly message: string }
  readonly startFailure?: { readonly reason: string; readonly message: string }
  /** How it ends by itself, that long after its start. */
  readonly exit?: {
    readonly afterMs: number
    readonly exitCode: number
    readonly reason?: string
    readonly message?: string
  }
  readonly isNeverReady: boolean
  /** Its liveness probe fails from then on. */
  readonly deadAfterMs?: number
  /** It does not end when asked to: only at the end of its grace period, with 137. */
  readonly isStubborn: boolean
}

type Stage = (container: V1Container, afterMs: number | undefined) => Partial<Script>

const exits =
  (exitCode: number, reason?: string, message?: string): Stage =>
  (_container, afterMs = 0) => ({
    exit: {
      afterMs,
      exitCode,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined ? {} : { message }),
    },
  })

const STAGES: Readonly<Record<string, Stage>> = {
  run: () => ({}),
  start: (_container, afterMs = 0) => ({ startDelayMs: afterMs }),
  crash: exits(1),
  oom: exits(137, 'OOMKilled'),
  'never-ready': () => ({ isNeverReady: true }),
  'not-alive': (_container, afterMs = 0) => ({ deadAfterMs: afterMs }),
  stubborn: () => ({ isStubborn: true }),
  'image-pull-error': ({ image = '' }) => ({
    startFailure: {
      reason: 'ErrImagePull',
      message: `failed to pull and unpack image "${image}": failed to resolve reference "${image}": not found`,
    },
  }),
  'config-error': ({ name }) => ({
    startFailure: { reason: 'CreateContainerConfigError', message: `configmap "simulated-${name}" not found` },
  }),
  'run-error': () => ({
    startFailure: { reason: 'RunContainerError', message: 'simulated: the container cannot be run' },
  }),
  'mount-error': () => ({
    prepareFailure: {
      reason: 'FailedMount',
      message: 'MountVolume.SetUp failed for volume "simulated" : configmap "simulated" not found',
    },
  }),
}

const EXIT_STAGE = /^exit-(\d{1,3})$/
const STAGE = /^([a-z0-9-]+)(?:\s+after\s+(\d+(?:\.\d+)?)(ms|s|m|h))?$/
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** What `container` of `pod` does. A stage that nobody knows is a container that cannot be created, which says so. */
export function scriptOf(pod: V1Pod, container: V1Container): Script {
  const { annotations = {} } = pod.metadata
  const text = annotations[`${SIMULATE_CONTAINER_PREFIX}${container.name}`] ?? annotations[SIMULATE_ANNOTATION]
  let script: Script = { startDelayMs: 0, isNeverReady: false, isStubborn: false, ...usualEnd(pod, container) }
  for (const stage of text?.split(',') ?? []) script = { ...script, ...readStage(container, stage.trim()) }
  return script
}

function readStage(container: V1Container, text: string): Partial<Script> {
  const [, name = '', amount, unit = ''] = STAGE.exec(text) ?? []
  const afterMs = amount === undefined ? undefined : Number(amount) * (UNITS_MS[unit] ?? 1)
  const [, exitCode] = EXIT_STAGE.exec(name) ?? []
  if (exitCode !== undefined) return exits(Number(exitCode))(container, afterMs)
  const stage = ownValue(STAGES, name)
  if (stage !== undefined) return stage(container, afterMs)
  const known = [...Object.keys(STAGES), 'exit-CODE'].join(', ')
  const message = `annotation ${SIMULATE_ANNOTATION}: unknown stage ${JSON.stringify(text)}; known are ${known}`
  return { startFailure: { reason: 'CreateContainerConfigError', message } }
}

function usualEnd(pod: V1Pod, container: V1Container): Partial<Script> {
  const { initContainers = [], restartPolicy = 'Always' } = specOf(pod)
  if (initContainers.includes(container)) return isSidecar(container) ? {} : { exit: { afterMs: 0, exitCode: 0 } }
  return restartPolicy === 'Always' ? {} : { exit: { afterMs: DEFAULT_JOB_MS, exitCode: 0 } }
}
