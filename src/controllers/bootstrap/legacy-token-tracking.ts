/**
 * ConfigMap kube-system/kube-apiserver-legacy-service-account-token-tracking: the day since which it is known which
 * tokens of ServiceAccounts in Secrets are used (kubernetes pkg/controlplane/controller/legacytokentracking). Here none
 * is taken, so it is known from the first day on.
 */
import { configMap } from '../../apis/core/config-map/config-map.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { ReconcileContext } from '../../reconcile/define-controller.ts'

const NAMESPACE = 'kube-system'
const NAME = 'kube-apiserver-legacy-service-account-token-tracking'
const DAY = /^\d{4}-\d{2}-\d{2}$/

export async function ensureTokenTracking({ client, clock }: ReconcileContext): Promise<void> {
  const since = new Date(clock.now()).toISOString().slice(0, 'YYYY-MM-DD'.length)
  const found = await client.find(configMap, { namespace: NAMESPACE, name: NAME })
  try {
    if (found === undefined) {
      const metadata = { name: NAME, namespace: NAMESPACE }
      await client.create(configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { since } })
    } else if (!isDay(found.data?.['since'] ?? '')) {
      await client.update(configMap, { ...found, data: { ...found.data, since } })
    }
  } catch (error) {
    // Somebody else was faster; the next look finds it.
    if (!hasReason(error, 'AlreadyExists', 'Conflict', 'NotFound')) throw error
  }
}

function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text))
}
