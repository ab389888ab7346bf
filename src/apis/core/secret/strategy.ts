/**
 * How Secret objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/secret/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Secret } from '../../generated/types.ts'
import { validateSecret, validateSecretUpdate } from './validation.ts'
import { secretWarnings } from './warnings.ts'

/** `stringData` is for writing only: its texts win over `data`, as base64 of their UTF-8 (core/v1/conversion.go). */
function mergeStringData(next: V1Secret): void {
  const { stringData } = next
  delete next.stringData
  if (stringData === undefined) return
  const added = Object.entries(stringData).map(([key, text]) => [key, base64(text)] as const)
  if (added.length > 0) next.data = { ...next.data, ...Object.fromEntries(added) }
}

function base64(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return btoa(bytes)
}

export const secretStrategy: Strategy<V1Secret> = {
  allowsUnconditionalUpdate: true,
  prepareForCreate: mergeStringData,
  validate: validateSecret,
  prepareForUpdate(next, previous) {
    mergeStringData(next)
    // A type left out is the one it had (strategy.go, PrepareForUpdate).
    if ((next.type ?? '') === '' && previous.type !== undefined) next.type = previous.type
  },
  validateUpdate: validateSecretUpdate,
  warnings: secretWarnings,
}
