/**
 * Which ReplicaSet belongs to which revision of a Deployment: template hashes, revision annotations, history
 * (kubernetes pkg/controller/deployment/util/deployment_util.go, pkg/controller/controller_utils.go). Pure.
 */
import { equalJson, printSorted } from '../../apimachinery/patch/json-value.ts'
import { parseGoInt } from '../../lib/go-number.ts'
import { ascending } from '../../lib/order.ts'
import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet } from '../../apis/generated/types.ts'
import { maxSurge, wantedReplicas } from './replica-counts.ts'

export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'
export const TEMPLATE_HASH = 'pod-template-hash'

/** Annotations of a Deployment that its ReplicaSets do not get. */
const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
])

/** Upstream's bound on the history annotation (maxRevHistoryLengthInChars). */
const MAX_HISTORY_CHARACTERS = 2_000

/** Letters and digits that cannot form words (k8s.io/apimachinery pkg/util/rand). */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** 32-bit FNV-1a of the template in a fixed order of fields, with the count of collisions so far. */
export function templateHash(template: V1PodTemplateSpec, collisionCount: number | undefined): string {
  const text = printSorted(template) + (collisionCount === undefined ? '' : String(collisionCount))
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return Array.from(String(hash), (digit) => SAFE_ALPHABET.charAt(digit.charCodeAt(0) % SAFE_ALPHABET.length)).join(
    '',
  )
}

export interface RevisionSets {
  /** The oldest set with the Deployment's template; undefined when there is none yet. */
  readonly current: V1ReplicaSet | undefined
  readonly old: readonly V1ReplicaSet[]
}

export function byCreation(one: V1ReplicaSet, other: V1ReplicaSet): number {
  const created = ascending(one.metadata.creationTimestamp ?? '', other.metadata.creationTimestamp ?? '')
  return created !== 0 ? created : ascending(one.metadata.name ?? '', other.metadata.name ?? '')
}

export function sortRevisions({ spec }: V1Deployment, sets: readonly V1ReplicaSet[]): RevisionSets {
  const current = [...sets].sort(byCreation).find((set) => isSameTemplate(set.spec?.template, spec?.template))
  return { current, old: sets.filter((set) => set !== current) }
}

export function isSameTemplate(one: V1PodTemplateSpec | undefined, other: V1PodTemplateSpec | undefined): boolean {
  return equalJson(withoutHash(one), withoutHash(other))
}

function withoutHash(template: V1PodTemplateSpec | undefined): V1PodTemplateSpec | undefined {
  if (template?.metadata?.labels?.[TEMPLATE_HASH] === undefined) return template
  const { [TEMPLATE_HASH]: _hash, ...labels } = template.metadata.labels
  return { ...template, metadata: { ...template.metadata, labels } }
}

/** 64 bits, as an adopted ReplicaSet may bring any number; 0 where there is none or it is no number. */
export function revisionOf({ metadata }: V1ReplicaSet): bigint {
  return parseGoInt(metadata.annotations?.[REVISION] ?? '') ?? 0n
}

/** The annotations the current set is to have. The revision only grows; the ones it had before go into its history. */
export function currentSetAnnotations(
  deployment: V1Deployment,
  set: V1ReplicaSet | undefined,
  old: readonly V1ReplicaSet[],
): Record<string, string> {
  const annotations: Record<string, string> = { ...set?.metadata.annotations }
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!NOT_COPIED.has(key)) annotations[key] = value
  }
  const before = annotations[REVISION]
  const next = old.map(revisionOf).reduce((most, one) => (one > most ? one : most), 0n) + 1n
  // A revision that is no number was written by somebody, and is left to them.
  const present = (before ?? '') === '' ? 0n : parseGoInt(before ?? '')
  if (present !== undefined && present < next) {
    annotations[REVISION] = String(next)
    if (before !== undefined) annotations[REVISION_HISTORY] = historyWith(annotations[REVISION_HISTORY], before)
  }
  return set === undefined ? { ...annotations, ...replicaAnnotations(deployment) } : annotations
}

function historyWith(history: string | undefined, revision: string): string {
  const entries = (history ?? '') === '' ? [] : (history ?? '').split(',')
  entries.push(revision)
  while (entries.length > 1 && entries.join(',').length > MAX_HISTORY_CHARACTERS) entries.shift()
  return entries.join(',')
}

/** What the Deployment wanted when its sets were last scaled: how a change of size is told from a rollout. */
export function replicaAnnotations(deployment: V1Deployment): Record<string, string> {
  const wanted = wantedReplicas(deployment)
  return { [DESIRED_REPLICAS]: String(wanted), [MAX_REPLICAS]: String(wanted + maxSurge(deployment)) }
}
