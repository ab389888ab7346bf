/** Refusals that mean: this namespace is not (yet, or any longer) one to put things into. Nothing is to be retried. */
import { ApiStatusError } from '../../apimachinery/status-error.ts'

export function isWithoutNamespace(error: unknown): boolean {
  if (!(error instanceof ApiStatusError)) return false
  const { reason, details } = error.status
  if (reason === 'NotFound') return details?.kind === 'namespaces'
  return reason === 'Forbidden' && (details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
}
