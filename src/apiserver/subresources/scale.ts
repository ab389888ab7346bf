/**
 * `scale`: replicas of Deployments, ReplicaSets, StatefulSets and ReplicationControllers through one small object
 * (autoscaling/v1 Scale). Written under the parent's resourceVersion (kubernetes/kubernetes pkg/registry/apps/
 * deployment/storage/storage.go).
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { invalid } from '../../apimachinery/field-path.ts'
import { formatLabelSelector } from '../../apimachinery/selectors.ts'
import { OPTIMISTIC_LOCK_MESSAGE, conflictError, invalidError } from '../../apimachinery/status-error.ts'
import { scaleColumns } from '../../apis/autoscaling/columns.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import { parseObject } from '../../registry/object-text.ts'
import { answerObject } from '../answer.ts'
import { readStored } from '../handlers/reads.ts'
import type { Change } from '../../registry/update.ts'
import type { PatchedKind, ReadPatch } from '../writing/patch-body.ts'
import { readPatch } from '../writing/patch-body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import { updateInTurn } from '../writing/writes.ts'
import { checkName, readObject } from '../writing/written-object.ts'
import { inRequestedVersion } from '../reading/versions.ts'

interface Scaled extends AnyObject {
  spec: { replicas?: number; selector?: Record<string, unknown> }
  status?: { replicas?: number }
}

const SCALE: PatchedKind = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  resource: 'scale',
  scope: 'Namespaced',
  type: 'V1Scale',
}

type ReadScale = ReadPatch & { readonly preconditionUid?: string }

export async function answerScale(context: RequestContext): Promise<Response> {
  const { host, definition, info } = context
  if (info.verb === 'get') {
    const parent = parseObject(inRequestedVersion(definition, readStored(host, definition, info.name).text))
    return answerAsScale(context, parent)
  }
  const read: ReadScale = info.verb === 'patch' ? await readPatch(context, SCALE) : await readScale(context)
  const { change, caller, preconditionUid = '' } = read
  const parentTarget = { ...targetOf(context), subresource: '' }
  const scaled: Change = (current) => {
    const parent = current as Scaled
    return withReplicas(definition, parent, change(scaleOf(parent)))
  }
  const result = await updateInTurn(host, caller, parentTarget, scaled, { preconditionUid })
  return answerAsScale(context, parseObject(inRequestedVersion(definition, result.text)))
}

function answerAsScale(context: RequestContext, parent: AnyObject): Response {
  const text = JSON.stringify(scaleOf(parent as Scaled))
  return answerObject({ columns: scaleColumns }, text, answerOptions(context, 200))
}

/** The uid of a whole Scale is that of its parent, and asked for where that is stored. */
async function readScale(context: RequestContext): Promise<ReadScale> {
  const { object, caller } = await readObject(context, SCALE)
  checkName(context.info.name, object)
  const { uid, ...metadata } = object.metadata
  return { change: () => ({ ...object, metadata }), caller, preconditionUid: uid ?? '' }
}

function withReplicas(definition: KindDefinition, parent: Scaled, scale: AnyObject): Scaled {
  const name = parent.metadata.name ?? ''
  const replicas = (scale['spec'] as { replicas?: number } | undefined)?.replicas ?? 0
  if (replicas < 0) {
    throw invalidError({ group: 'autoscaling', kind: 'Scale' }, name, [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  }
  const { uid = '', resourceVersion = '' } = scale.metadata
  const { group, resource: plural } = definition
  const resource = { group, resource: plural }
  const found = parent.metadata.uid ?? ''
  if (uid !== '' && uid !== found) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`
    throw conflictError({ group, resource: `${plural}/scale` }, name, why)
  }
  if (resourceVersion !== '' && resourceVersion !== parent.metadata.resourceVersion) {
    throw conflictError(resource, name, OPTIMISTIC_LOCK_MESSAGE)
  }
  parent.spec.replicas = replicas
  return parent
}

function scaleOf(parent: Scaled): AnyObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = parent.metadata
  const selector = selectorText(parent)
  return {
    kind: 'Scale',
    apiVersion: formatGroupVersion({ group: 'autoscaling', version: 'v1' }),
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: (parent.spec.replicas ?? 0) === 0 ? {} : { replicas: parent.spec.replicas },
    status: { replicas: parent.status?.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  }
}

/** ReplicationControllers select by a plain map, the others by a LabelSelector. */
function selectorText({ kind, spec }: Scaled): string {
  if (spec.selector === undefined) return ''
  const selector =
    kind === 'ReplicationController' ? { matchLabels: spec.selector as Record<string, string> } : spec.selector
  return formatLabelSelector(selector)
}
