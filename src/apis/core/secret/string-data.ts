/**
 * `stringData` of Secrets is for writing only: its texts win over `data`, as base64 of their UTF-8. Upstream does it where
 * it leaves the version of the request (kubernetes/kubernetes pkg/apis/core/v1/conversion.go), so before a field has an
 * owner; who applies one goes on owning it nevertheless, as nothing leaves the version there.
 */
import type { V1Secret } from '../../generated/types.ts'

/** Changes `secret`. */
export function mergeStringData(secret: Pick<V1Secret, 'data' | 'stringData'>): void {
  const { stringData } = secret
  delete secret.stringData
  if (stringData === undefined) return
  const added = Object.entries(stringData).map(([key, text]) => [key, base64(text)] as const)
  if (added.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(added) }
}

function base64(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return btoa(bytes)
}
