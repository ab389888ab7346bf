/**
 * Who owns what: adoption of matching orphans and release of what matches no longer
 * (kubernetes pkg/controller/controller_ref_manager.go).
 */
import type { KindRef } from '../../apis/define-kind.ts'
import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts'
import { controllerOf, formatGroupVersion } from '../../apimachinery/meta.ts'
import type { Labels } from '../../apimachinery/selectors.ts'
import type { Operation } from '../../client/client.ts'
import type { Selectable } from '../../store/object-store.ts'

export interface Claims<T> {
  readonly owned: readonly T[]
  readonly adopted: readonly T[]
  readonly released: readonly T[]
}

/** The reference by which a controller owns what it makes. */
export function controllerReference(kind: KindRef, { metadata }: KubeObject): OwnerReference {
  return {
    apiVersion: formatGroupVersion(kind),
    kind: kind.kind,
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

/** Sorts candidates by what `owner` is to them; one that is being deleted adopts nothing. */
export function claim<T extends KubeObject>(
  owner: KubeObject,
  candidates: readonly T[],
  matches: (labels: Labels) => boolean,
): Claims<T> {
  const owned: T[] = []
  const adopted: T[] = []
  const released: T[] = []
  const isLeaving = owner.metadata.deletionTimestamp !== undefined
  for (const candidate of candidates) {
    const controller = controllerOf(candidate)
    const isMatch = matches(candidate.metadata.labels ?? {})
    if (controller?.uid === owner.metadata.uid) {
      if (isMatch) owned.push(candidate)
      else if (!isLeaving) released.push(candidate)
    } else if (
      controller === undefined &&
      isMatch &&
      !isLeaving &&
      candidate.metadata.deletionTimestamp === undefined
    ) {
      adopted.push(candidate)
    }
  }
  return { owned, adopted, released }
}

/** The patches that make the claims true. Each holds only for the very state it was decided on. */
export function claimOperations<T extends KubeObject>(
  ownerKind: KindRef,
  owner: KubeObject,
  kind: KindRef,
  { adopted, released }: Claims<T>,
): Operation[] {
  const patch = (subject: T, ownerReferences: OwnerReference[]): Operation => {
    const { name = '', uid, resourceVersion } = subject.metadata
    return {
      verb: 'patch',
      kind,
      name,
      type: 'merge',
      patch: { metadata: { uid, resourceVersion, ownerReferences } },
    }
  }
  const referencesOf = (subject: T): OwnerReference[] => subject.metadata.ownerReferences ?? []
  return [
    ...adopted.map((subject) => patch(subject, [...referencesOf(subject), controllerReference(ownerKind, owner)])),
    ...released.map((subject) =>
      patch(
        subject,
        referencesOf(subject).filter(({ uid }) => uid !== owner.metadata.uid),
      ),
    ),
  ]
}

/** Picks, before anything is parsed, what `claim` needs to look at: what is owned and what could be. */
export function candidatesFor(
  owner: KubeObject,
  matches: (labels: Labels) => boolean,
): (selectable: Selectable) => boolean {
  const { uid = '' } = owner.metadata
  return ({ labels, fields }) => (fields['metadata.ownerUids'] ?? '').includes(uid) || matches(labels)
}
