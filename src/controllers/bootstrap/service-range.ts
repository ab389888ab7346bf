/**
 * The ServiceCIDR `kubernetes`: the range that Services' addresses come from, as those see it who ask the API for it
 * (kubernetes pkg/controlplane/controller/defaultservicecidr). The allocator has the same range and does not read it.
 */
import { formatTime } from '../../apimachinery/meta.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { V1Condition, V1ServiceCIDR } from '../../apis/generated/types.ts'
import { serviceCIDR } from '../../apis/networking/service-cidr/service-cidr.ts'
import type { ReconcileContext } from '../../reconcile/define-controller.ts'

export const RANGE_NAME = 'kubernetes'

const READY = 'Ready'

export async function ensureServiceRange({ client, clock }: ReconcileContext, cidr: string): Promise<void> {
  try {
    const found = await client.find(serviceCIDR, { name: RANGE_NAME })
    const range = found ?? (await client.create(serviceCIDR, newRange(cidr)))
    const next = withReadiness(range, cidr, clock.now())
    if (next !== undefined) await client.updateStatus(serviceCIDR, next)
  } catch (error) {
    // Somebody else was faster, or it is about to go; the next look finds it.
    if (!hasReason(error, 'AlreadyExists', 'Conflict', 'NotFound')) throw error
  }
}

function newRange(cidr: string): V1ServiceCIDR {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: RANGE_NAME },
    spec: { cidrs: [cidr] },
  }
}

/** As it is to be; undefined: it stays. What others have said of it, and a range of other addresses, is left alone. */
export function withReadiness(range: V1ServiceCIDR, cidr: string, nowMs: number): V1ServiceCIDR | undefined {
  const { metadata, spec, status } = range
  const { cidrs = [] } = spec ?? {}
  if (metadata.deletionTimestamp !== undefined || cidrs.length !== 1 || cidrs[0] !== cidr) return undefined
  const conditions = status?.conditions ?? []
  const said = conditions.find(({ type }) => type === READY)?.status ?? 'Unknown'
  if (said !== 'Unknown') return undefined
  const ready: V1Condition = {
    type: READY,
    status: 'True',
    lastTransitionTime: formatTime(nowMs),
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
  }
  return { ...range, status: { ...status, conditions: [...conditions.filter(({ type }) => type !== READY), ready] } }
}
