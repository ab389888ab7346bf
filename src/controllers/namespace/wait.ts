/**
 * When a terminating namespace is looked at again: soon at first, since most of it is gone in a moment, then after as
 * long as it has been terminating already, up to what upstream waits for the same reason
 * (kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go). Pure.
 */
import type { Remaining } from './plan.ts'

/** A pod that ends at once and what hangs on it are gone by then. */
const SOONEST_MS = 500

/** How long others are given for their finalizers (finalizerEstimateSeconds). */
const FINALIZER_WAIT_MS = 15_000

/** What goes without finalizers or grace is gone at once. */
const CONTENT_WAIT_MS = 1_000

/** `terminatingMs`: for how long it has been terminating. */
export function waitMs(remaining: Remaining, terminatingMs: number): number {
  return Math.min(longestMs(remaining), Math.max(SOONEST_MS, terminatingMs))
}

function longestMs({ finalizers, graceSeconds }: Remaining): number {
  if (graceSeconds > 0) return (Math.floor(graceSeconds / 2) + 1) * 1_000
  return Object.values(finalizers).some((count) => count > 0) ? FINALIZER_WAIT_MS : CONTENT_WAIT_MS
}
