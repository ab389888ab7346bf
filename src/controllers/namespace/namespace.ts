/**
 * The namespace controller: empties a terminating namespace, pods first, and then lets it go
 * (kubernetes pkg/controller/namespace/deletion/namespaced_resources_deleter.go). The content lives in the namespace's
 * own object, which is reached through a port; `finalize` comes only after it said "sealed and empty".
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { namespace } from '../../apis/core/namespace/namespace.ts'
import type { V1Namespace } from '../../apis/generated/types.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import type { Remaining } from './plan.ts'
import { isEmpty, namespaceConditions } from './plan.ts'
import { waitMs } from './wait.ts'

export type { Remaining } from './plan.ts'

/** The object of a namespace, asked to let go of what it holds. `uid` is the namespace's: a later one is not meant. */
export interface NamespaceContent {
  /**
   * Seals the namespace if it is not sealed, deletes all pods (as DELETE would, with grace), or everything else, and
   * says what is left. Asked again until nothing is.
   */
  deleteAll(name: string, uid: string, what: 'pods' | 'rest'): Promise<Remaining>
}

/** The finalizer in spec.finalizers that is this controller's. */
const FINALIZER = 'kubernetes'

export function namespaceController(content: NamespaceContent): Controller {
  return defineController({
    name: 'namespace',
    scope: 'cluster',
    for: namespace,
    resyncSeconds: 300,
    async reconcile(context, key) {
      const subject = context.lister.get(namespace, key)
      if (subject?.metadata.deletionTimestamp === undefined) return done
      if (!(subject.spec?.finalizers ?? []).includes(FINALIZER)) return done
      const terminating = await markTerminating(context, subject)
      const remaining = await deleteContent(content, terminating)
      if (isEmpty(remaining)) {
        await report(context, terminating, remaining)
        await finalize(context, key)
        return done
      }
      await report(context, terminating, remaining)
      const sinceMs = Date.parse(subject.metadata.deletionTimestamp)
      return again(waitMs(remaining, context.clock.now() - sinceMs))
    },
  })
}

async function markTerminating({ client }: ReconcileContext, subject: V1Namespace): Promise<V1Namespace> {
  if (subject.status?.phase === 'Terminating') return subject
  return client.updateStatus(namespace, { ...subject, status: { ...subject.status, phase: 'Terminating' } })
}

/** Pods go first: nothing they use is taken from under them. */
async function deleteContent(content: NamespaceContent, { metadata }: V1Namespace): Promise<Remaining> {
  const { name = '', uid = '' } = metadata
  const afterPods = await content.deleteAll(name, uid, 'pods')
  const hasPods = (afterPods.resources['pods'] ?? 0) > 0
  return hasPods || afterPods.errors.length > 0 ? afterPods : content.deleteAll(name, uid, 'rest')
}

async function report(
  { lister, client, clock }: ReconcileContext,
  observed: V1Namespace,
  remaining: Remaining,
): Promise<void> {
  const subject = lister.get(namespace, observed.metadata.name ?? '')
  if (subject === undefined || subject.metadata.uid !== observed.metadata.uid) return
  const conditions = namespaceConditions(subject.status?.conditions ?? [], remaining, clock.now())
  if (equalJson(subject.status?.conditions ?? [], conditions)) return
  await client.updateStatus(namespace, { ...subject, status: { ...subject.status, conditions } })
}

async function finalize({ lister, client }: ReconcileContext, key: string): Promise<void> {
  const subject = lister.get(namespace, key)
  if (subject === undefined) return
  const finalizers = (subject.spec?.finalizers ?? []).filter((one) => one !== FINALIZER)
  await client.update(namespace, { ...subject, spec: { ...subject.spec, finalizers } }, { subresource: 'finalize' })
}
