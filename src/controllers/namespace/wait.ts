/**
 * When a terminating namespace is looked at again: soon at first, since most of it is gone in a moment, then after half
 * as long as it has been terminating already, up to what upstream waits for the same reason
 * (kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go). Pure.
 */
import type { Remaining } from './plan.ts'

/**
 * Pods are gone by then, as a rule. Not sooner: `kubectl delete -f` deletes a namespace and then one by one what is in
 * it, and is told of what it no longer finds.
 */
const SOONEST_WITH_PODS_MS = 5_000
const SOONEST_MS = 500

/** How long others are given for their finalizers (finalizerEstimateSeconds). */
const FINALIZER_WAIT_MS = 15_000

/** What goes without finalizers or grace is gone at once. */
const CONTENT_WAIT_MS = 1_000

/** `terminatingMs`: for how long it has been terminating. */
export function waitMs(remaining: Remaining, terminatingMs: number): number {
  const soonestMs = remaining.graceSeconds > 0 ? SOONEST_WITH_PODS_MS : SOONEST_MS
  return Math.min(longestMs(remaining), Math.max(soonestMs, terminatingMs / 2))
}

function longestMs({ finalizers, graceSeconds }: Remaining): number {
  if (graceSeconds > 0) return (Math.floor(graceSeconds / 2) + 1) * 1_000
  return Object.values(finalizers).some((count) => count > 0) ? FINALIZER_WAIT_MS : CONTENT_WAIT_MS
}
