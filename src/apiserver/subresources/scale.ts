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
import { parseObject, storedText } from '../../registry/object-text.ts'
import { answerObject } from '../answer.ts'
import { readStored } from '../handlers/reads.ts'
import type { PatchedKind, ReadPatch } from '../writing/patch-body.ts'
import { readPatch } from '../writing/patch-body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import { updateInTurn } from '../writing/writes.ts'
import { checkName, readObject } from '../writing/written-object.ts'
import { inRequestedVersion } from '../reading/versions.ts'
import type { ScaleValues } from './custom-scale.ts'
import { changeableScale, checkReplicasThere, customScale, setReplicas } from './custom-scale.ts'

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

export async function answerScale(context: RequestContext): Promise<Response> {
  const { host, definition, info } = context
  if (info.verb === 'get') {
    const parent = parseObject(inRequestedVersion(definition, storedText(readStored(host, definition, info.name))))
    const paths = definition.custom?.scale
    if (paths !== undefined) checkReplicasThere(parent, paths)
    return answerAsScale(context, parent)
  }
  const { change, caller } = info.verb === 'patch' ? await readPatch(context, SCALE) : await readScale(context)
  const parentTarget = { ...targetOf(context), subresource: '' }
  const result = await updateInTurn(host, caller, parentTarget, (current) => {
    if (current === undefined) throw new Error('a scale was written to an object that is not there')
    const paths = definition.custom?.scale
    const values = paths === undefined ? builtInScale(current as Scaled) : changeableScale(current, paths)
    return withReplicas(definition, current, change(scaleOf(current, values)))
  })
  return answerAsScale(context, parseObject(inRequestedVersion(definition, result.text)))
}

function answerAsScale(context: RequestContext, parent: AnyObject): Response {
  const paths = context.definition.custom?.scale
  const values = paths === undefined ? builtInScale(parent as Scaled) : customScale(parent, paths)
  const text = JSON.stringify(scaleOf(parent, values))
  return answerObject({ columns: scaleColumns }, text, answerOptions(context, 200))
}

async function readScale(context: RequestContext): Promise<ReadPatch> {
  const { object, caller } = await readObject(context, SCALE)
  checkName(context.info.name, object)
  return { change: () => object, caller }
}

function withReplicas(definition: KindDefinition, parent: AnyObject, scale: AnyObject): AnyObject {
  const name = parent.metadata.name ?? ''
  const replicas = (scale['spec'] as { replicas?: number } | undefined)?.replicas ?? 0
  const paths = definition.custom?.scale
  // What a custom resource may hold there is part of its own validation.
  if (paths === undefined && replicas < 0) {
    throw invalidError({ group: 'autoscaling', kind: 'Scale' }, name, [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  }
  const { uid, resourceVersion = '' } = scale.metadata
  const resource = { group: definition.group, resource: definition.resource }
  if (uid !== undefined && uid !== '' && uid !== parent.metadata.uid) {
    throw conflictError(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${parent.metadata.uid ?? ''}`,
    )
  }
  if (resourceVersion !== '' && resourceVersion !== parent.metadata.resourceVersion) {
    throw conflictError(resource, name, OPTIMISTIC_LOCK_MESSAGE)
  }
  if (paths === undefined) (parent as Scaled).spec.replicas = replicas
  else {
    setReplicas(parent, paths, replicas)
    if (resourceVersion !== '') parent.metadata.resourceVersion = resourceVersion
  }
  return parent
}

function builtInScale(parent: Scaled): ScaleValues {
  return {
    replicas: parent.spec.replicas ?? 0,
    statusReplicas: parent.status?.replicas ?? 0,
    selector: selectorText(parent),
  }
}

function scaleOf(parent: AnyObject, { replicas, statusReplicas, selector }: ScaleValues): AnyObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = parent.metadata
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
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: statusReplicas, ...(selector === '' ? {} : { selector }) },
  }
}

/** ReplicationControllers select by a plain map, the others by a LabelSelector. */
function selectorText({ kind, spec }: Scaled): string {
  if (spec.selector === undefined) return ''
  const selector =
    kind === 'ReplicationController' ? { matchLabels: spec.selector as Record<string, string> } : spec.selector
  return formatLabelSelector(selector)
}
