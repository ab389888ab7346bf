/**
 * Creates and deletes the pods of an owner and tells it in the owner's Events
 * (RealPodControl, kubernetes pkg/controller/controller_utils.go).
 */
import { pod } from '../../apis/core/pod/pod.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../../reconcile/define-controller.ts'
import { createInWaves, isNamespaceTerminating } from './waves.ts'

export interface PodControlPorts {
  readonly client: Pick<Client, 'batch'>
  readonly namespace: string
  readonly events: EventRecorder
}

/** The first refusal, if it is one to be told and tried again: in a namespace that is going it is neither. */
export async function createPods(
  { client, namespace, events }: PodControlPorts,
  owner: KubeObject,
  wanted: readonly V1Pod[],
): Promise<Status | undefined> {
  const { created, errors } = await createInWaves(client, namespace, pod, wanted)
  const told = errors.filter((error) => !isNamespaceTerminating(error))
  await Promise.all([
    ...created.map(({ metadata: { name = '' } }) =>
      events.record(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`),
    ),
    ...told.map(({ message = '' }) => events.record(owner, 'Warning', 'FailedCreate', `Error creating: ${message}`)),
  ])
  return told[0]
}

/** The first refusal; a pod that is gone by then is none. */
export async function deletePods(
  { client, namespace, events }: PodControlPorts,
  owner: KubeObject,
  pods: readonly V1Pod[],
): Promise<Status | undefined> {
  if (pods.length === 0) return undefined
  const results = await client.batch(
    namespace,
    pods.map(({ metadata: { name = '', uid } }) => ({
      verb: 'delete',
      kind: pod,
      name,
      ...(uid === undefined ? {} : { options: { preconditions: { uid } } }),
    })),
  )
  const refusals = results.flatMap(({ error }) => (error === undefined || error.reason === 'NotFound' ? [] : [error]))
  const deleted = pods.filter((_, index) => results[index]?.error === undefined)
  await Promise.all([
    ...deleted.map(({ metadata: { name = '' } }) =>
      events.record(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`),
    ),
    ...refusals.map(({ message = '' }) =>
      events.record(owner, 'Warning', 'FailedDelete', `Error deleting: ${message}`),
    ),
  ])
  return refusals[0]
}
