/**
 * The API server's identity: a Lease in kube-system, by which others see that it lives and who it is (KEP-1965;
 * kubernetes pkg/controlplane/apiserver/server.go). There is one for each logical cluster, as there is one API server for
 * it however many objects answer. It is renewed while something happens anyway, and by nothing else: a cluster at rest
 * lets it run out (docs/decisions/0013-operations.md).
 */
import { lease } from '../../apis/coordination/lease/lease.ts'
import type { V1Lease } from '../../apis/generated/types.ts'
import { formatMicroTime } from '../../apimachinery/meta.ts'
import { hexOf } from '../../lib/crypto/hex.ts'
import { sha256 } from '../../lib/crypto/sha256.ts'
import type { ReconcileContext } from '../../reconcile/define-controller.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { ApiAddress } from './objects.ts'

const NAMESPACE = 'kube-system'
const DURATION_SECONDS = 3600
/** Renewed when half of it is over. */
const RENEW_AFTER_MS = (DURATION_SECONDS * 1000) / 2
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const HASH_BYTES = 16

/** `apiserver-` and a hash of what tells servers apart: there a host's name, here the API's address. */
export function identityName(address: string): string {
  const bits = [...sha256(address).slice(0, HASH_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return `apiserver-${(bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[parseInt(five.padEnd(5, '0'), 2)]).join('')}`
}

/** Upstream's tells processes of one host apart by chance; there is no process here that could be another one. */
function holderId(address: string): string {
  const hex = hexOf(sha256(address).slice(HASH_BYTES))
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-')
}

export async function ensureIdentityLease(context: ReconcileContext, { ip, port }: ApiAddress): Promise<void> {
  const { client, clock } = context
  const address = `${ip}:${String(port)}`
  const name = identityName(address)
  const nowMs = clock.now()
  const found = await client.find(lease, { namespace: NAMESPACE, name })
  try {
    if (found === undefined) await client.create(lease, newLease(name, `${name}_${holderId(address)}`, ip, nowMs))
    else if (nowMs - Date.parse(found.spec?.renewTime ?? '') >= RENEW_AFTER_MS) {
      await client.update(lease, { ...found, spec: { ...found.spec, renewTime: formatMicroTime(nowMs) } })
    }
  } catch (error) {
    // Somebody else was faster; the next look finds it.
    if (!hasReason(error, 'AlreadyExists', 'Conflict')) throw error
  }
}

function newLease(name: string, holderIdentity: string, host: string, nowMs: number): V1Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': host },
    },
    spec: { holderIdentity, leaseDurationSeconds: DURATION_SECONDS, renewTime: formatMicroTime(nowMs) },
  }
}
