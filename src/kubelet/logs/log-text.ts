/**
 * Log lines as bytes for `kubectl logs`: times in front where asked, cut at a number of bytes. And what upstream
 * refuses before there is any line (pkg/kubelet/kubelet_pods.go, validateContainerLogStatus).
 */
import type { V1Pod } from '../../apis/generated/types.ts'
import { badRequestError } from '../../apimachinery/status-error.ts'
import type { LogOptions } from './log-options.ts'

export interface LogLine {
  readonly atMs: number
  readonly text: string
}

const encoder = new TextEncoder()

/** Turns lines into bytes until limitBytes are reached. */
export class LogPrinter {
  readonly #hasTimestamps: boolean
  #bytesLeft: number

  constructor({ hasTimestamps, limitBytes }: LogOptions) {
    this.#hasTimestamps = hasTimestamps
    this.#bytesLeft = limitBytes ?? Infinity
  }

  get isFull(): boolean {
    return this.#bytesLeft <= 0
  }

  print({ atMs, text }: LogLine): Uint8Array {
    const bytes = encoder.encode(this.#hasTimestamps ? `${formatNanoTime(atMs)} ${text}\n` : `${text}\n`)
    const shown = bytes.subarray(0, Math.max(0, Math.min(bytes.length, this.#bytesLeft)))
    this.#bytesLeft -= bytes.length
    return shown
  }
}

/** RFC 3339 with nine digits, as the kubelet prints times in front of lines. */
function formatNanoTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 23)}000000Z`
}

/** The lines a request without `follow` shows. */
export function selectLines(lines: readonly LogLine[], { sinceMs, tailLines }: LogOptions): readonly LogLine[] {
  const recent = sinceMs === undefined ? lines : lines.filter(({ atMs }) => atMs >= sinceMs)
  return tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - tailLines))
}

/** Refuses the log of a container that has none, with upstream's words. */
export function assertHasLog(pod: V1Pod, { container, isPrevious }: LogOptions): void {
  const name = pod.metadata.name ?? ''
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const status = [...containerStatuses, ...initContainerStatuses].find((one) => one.name === container)
  if (status === undefined) throw badRequestError(`container "${container}" in pod "${name}" is not available`)
  if (isPrevious) {
    if (status.lastState?.terminated !== undefined) return
    throw badRequestError(`previous terminated container "${container}" in pod "${name}" not found`)
  }
  const { waiting } = status.state ?? {}
  // A container that waits to be restarted shows what it printed before.
  if (waiting === undefined || status.lastState?.terminated !== undefined) return
  throw badRequestError(refusal(name, container, waiting.reason ?? '', waiting.message ?? ''))
}

function refusal(pod: string, container: string, reason: string, message: string): string {
  const what = `container "${container}" in pod "${pod}" is waiting to start`
  if (reason === 'ErrImagePull') return `${what}: image can't be pulled`
  if (reason === 'ImagePullBackOff') return `${what}: trying and failing to pull image`
  return `${what}: ${reason === '' ? message : reason}`
}
