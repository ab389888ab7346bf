/**
 * The strategy of kinds that have a spec and a status: users write one endpoint, controllers the other, and each leaves
 * the other's half as it was (k8s.io/apiserver pkg/registry/rest; every strategy.go of upstream repeats this pair).
 */
import type { AnyObject, KubeObject } from '../apimachinery/meta.ts'
import { zeroOf } from '../apimachinery/schema/decode.ts'
import { applyDefaults } from './defaulting.ts'
import type { Strategy } from './define-kind.ts'
import { schema } from './schema.ts'

type Options<T extends KubeObject> = Pick<
  Strategy<T>,
  'allowsCreateOnUpdate' | 'allowsUnconditionalUpdate' | 'countsGenerations' | 'defaultPropagation'
> & {
  /**
   * Labels, annotations, finalizers, owners and the time of deletion are the main endpoint's alone
   * (metav1.ResetObjectMetaForStatus); `all`: whatever is in metadata but who manages what.
   */
  readonly keepsMetadata?: true | 'all'
}

/** `type` names the kind's type in the schema, which tells what an empty status looks like. */
export function specAndStatusStrategy<T extends KubeObject>(
  type: string,
  { keepsMetadata, ...options }: Options<T> = {},
): Strategy<T> {
  return {
    ...options,
    prepareForCreate(next) {
      clearStatus(type, next)
    },
    prepareForUpdate(next, previous) {
      copyField(next, previous, 'status')
    },
    status: {
      prepareForUpdate(next, previous) {
        keepAllButStatus(next, previous)
        if (keepsMetadata === true) keepMetadata(next, previous)
        if (keepsMetadata === 'all') keepAllMetadata(next, previous)
      },
    },
  }
}

/** The status that Go prints when nobody has set it: `{}`, or the counts that are always there, and what is default. */
export function clearStatus(type: string, next: KubeObject): void {
  const fields = next as AnyObject
  const status = schema.structOf(type).always.find(({ name }) => name === 'status')
  if (status === undefined) delete fields['status']
  else fields['status'] = zeroOf(status.node)
  applyDefaults({ type }, next)
}

/** Gives `next` the value that `field` has in `previous`, or none. */
export function copyField(next: KubeObject, previous: KubeObject, field: string): void {
  const target = next as AnyObject
  const value = (previous as AnyObject)[field]
  if (value === undefined) delete target[field]
  else target[field] = value
}

/** Gives `next` the labels, owners and the like that `previous` has. */
export function copyMetadata(
  next: KubeObject,
  previous: KubeObject,
  field: 'annotations' | 'finalizers' | 'labels' | 'ownerReferences',
): void {
  delete next.metadata[field]
  if (previous.metadata[field] !== undefined) Object.assign(next.metadata, { [field]: previous.metadata[field] })
}

/** ResetObjectMetaForStatus of k8s.io/apimachinery pkg/apis/meta/v1/helpers.go; what is stored has no selfLink. */
export function keepMetadata(next: KubeObject, previous: KubeObject): void {
  delete next.metadata.selfLink
  keepUndeleted(next, previous)
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    copyMetadata(next, previous, field)
  }
}

/** A deletion is not begun by a write: what was not being deleted still is not, whatever the write says. */
export function keepUndeleted(next: KubeObject, previous: KubeObject): void {
  if (previous.metadata.deletionTimestamp === undefined) delete next.metadata.deletionTimestamp
}

function keepAllMetadata(next: KubeObject, { metadata }: KubeObject): void {
  const { managedFields } = next.metadata
  const { managedFields: _earlier, ...kept } = metadata
  next.metadata = managedFields === undefined ? kept : { ...kept, managedFields }
}

/**
 * The status endpoint: everything at the top but metadata and status is put back. Metadata stays as it was sent, as
 * upstream leaves it for built-in kinds: labels, annotations and finalizers may change here too.
 */
export function keepAllButStatus(next: KubeObject, previous: KubeObject): void {
  for (const field of new Set([...Object.keys(next), ...Object.keys(previous)])) {
    if (!['apiVersion', 'kind', 'metadata', 'status'].includes(field)) copyField(next, previous, field)
  }
}
