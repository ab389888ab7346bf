/**
 * Validation of probes and lifecycle hooks: one handler each, with what that handler needs.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateProbe, validateHandler,
 * validateLivenessProbe, validateReadinessProbe, validateStartupProbe, validateLifecycle. Signals to stop by are
 * dropped before: their feature is off in 1.36.
 */
import { childPath, forbidden, invalid, required, type FieldError } from '../../../../apimachinery/field-path.ts'
import { isHttpHeaderName, isValidPortNumber } from '../../../../apimachinery/names.ts'
import type { V1Container, V1HTTPGetAction, V1Lifecycle, V1Probe } from '../../../generated/types.ts'
import { invalidFor, notNegative, portNumberOrName, requiredText, supportedIfSet } from '../../../validation/rules.ts'

type Handler = Pick<V1Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & {
  readonly sleep?: { readonly seconds: number }
}

function validateHttpGet({ path, port, scheme, httpHeaders }: V1HTTPGetAction, at: string): FieldError[] {
  return [
    ...requiredText(childPath(at, 'path'), path),
    ...portNumberOrName(childPath(at, 'port'), port),
    ...supportedIfSet(childPath(at, 'scheme'), scheme ?? '', ['HTTP', 'HTTPS']),
    ...(httpHeaders ?? []).flatMap(({ name }) =>
      invalidFor(childPath(at, 'httpHeaders'), name, isHttpHeaderName(name)),
    ),
  ]
}

function validateHandler(
  { exec, httpGet, tcpSocket, grpc, sleep }: Handler,
  at: string,
  grace: number | undefined,
): FieldError[] {
  const checks: [name: string, errors: FieldError[]][] = []
  if (exec !== undefined) {
    const command = childPath(at, 'exec', 'command')
    checks.push(['exec', (exec.command ?? []).length === 0 ? [required(command)] : []])
  }
  if (httpGet !== undefined) checks.push(['httpGet', validateHttpGet(httpGet, childPath(at, 'httpGet'))])
  if (tcpSocket !== undefined) {
    checks.push(['tcpSocket', portNumberOrName(childPath(at, 'tcpSocket', 'port'), tcpSocket.port)])
  }
  if (grpc !== undefined) {
    checks.push(['grpc', invalidFor(childPath(at, 'grpc', 'port'), grpc.port, isValidPortNumber(grpc.port))])
  }
  if (sleep !== undefined) checks.push(['sleep', validateSleep(sleep.seconds, childPath(at, 'sleep'), grace)])
  if (checks.length === 0) return [required(at, 'must specify a handler type')]
  return checks.flatMap(([name, errors], index) =>
    index === 0 ? errors : [forbidden(childPath(at, name), 'may not specify more than 1 handler type')],
  )
}

function validateSleep(seconds: number, at: string, grace: number | undefined): FieldError[] {
  if (grace === undefined || (seconds >= 0 && seconds <= grace)) return []
  const range = `must be non-negative and less than terminationGracePeriodSeconds (${String(grace)})`
  return [invalid(at, seconds, range)]
}

const COUNTS = [
  'initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold',
] as const

function validateProbe(probe: V1Probe, at: string, grace: number | undefined): FieldError[] {
  const ownGrace = probe.terminationGracePeriodSeconds
  const negative = COUNTS.filter((count) => (probe[count] ?? 0) < 0)
  return [
    ...validateHandler(probe, at, grace),
    ...negative.flatMap((count) => notNegative(childPath(at, count), probe[count])),
    ...(ownGrace !== undefined && ownGrace <= 0
      ? [invalid(childPath(at, 'terminationGracePeriodSeconds'), ownGrace, 'must be greater than 0')]
      : []),
  ]
}

/** Of liveness and startup probes: one success is enough. */
function validateOnceSuccessful(probe: V1Probe | undefined, at: string, grace: number | undefined): FieldError[] {
  if (probe === undefined) return []
  const wanted = childPath(at, 'successThreshold')
  const isOne = (probe.successThreshold ?? 0) === 1
  return [
    ...validateProbe(probe, at, grace),
    ...(isOne ? [] : [invalid(wanted, probe.successThreshold ?? 0, 'must be 1')]),
  ]
}

function validateReadiness(probe: V1Probe | undefined, at: string, grace: number | undefined): FieldError[] {
  if (probe === undefined) return []
  const ownGrace = probe.terminationGracePeriodSeconds
  const where = childPath(at, 'terminationGracePeriodSeconds')
  return [
    ...validateProbe(probe, at, grace),
    ...(ownGrace === undefined ? [] : [invalid(where, ownGrace, 'must not be set for readinessProbes')]),
  ]
}

function validateLifecycle(lifecycle: V1Lifecycle | undefined, at: string, grace: number | undefined): FieldError[] {
  const { postStart, preStop } = lifecycle ?? {}
  return [
    ...(postStart === undefined ? [] : validateHandler(postStart, childPath(at, 'postStart'), grace)),
    ...(preStop === undefined ? [] : validateHandler(preStop, childPath(at, 'preStop'), grace)),
  ]
}

/** What only containers that run for long may have; `grace` is the pod's grace period in seconds. */
export function validateLifecycleAndProbes(
  container: V1Container,
  at: string,
  grace: number | undefined,
): FieldError[] {
  return [
    ...validateLifecycle(container.lifecycle, childPath(at, 'lifecycle'), grace),
    ...validateOnceSuccessful(container.livenessProbe, childPath(at, 'livenessProbe'), grace),
    ...validateReadiness(container.readinessProbe, childPath(at, 'readinessProbe'), grace),
    ...validateOnceSuccessful(container.startupProbe, childPath(at, 'startupProbe'), grace),
  ]
}
