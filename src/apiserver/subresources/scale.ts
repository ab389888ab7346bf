/**
 * `scale`: replicas of Deployments, ReplicaSets, StatefulSets and ReplicationControllers through one small object
 * (autoscaling/v1 Scale). Written under the parent's resourceVersion (kubernetes/kubernetes pkg/registry/apps/
 * deployment/storage/storage.go).
 */
import { trackUpdate, type ManagedEndpoint } from '../../apimachinery/apply/ownership.ts'
import { SCALE_API_VERSION, parentOwners, scaleOwners } from '../../apimachinery/apply/scale-owners.ts'
import type { AnyObject, ManagedFieldsEntry } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { invalid } from '../../apimachinery/field-path.ts'
import { formatLabelSelector } from '../../apimachinery/selectors.ts'
import { OPTIMISTIC_LOCK_MESSAGE, conflictError, invalidError } from '../../apimachinery/status-error.ts'
import { scaleColumns } from '../../apis/autoscaling/columns.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import { mergeNodeOf } from '../../apis/merge-schema.ts'
import { parseObject } from '../../registry/object-text.ts'
import type { Change } from '../../registry/update.ts'
import { answerObject } from '../answer.ts'
import type { ApiHost } from '../api-host.ts'
import { readStored } from '../handlers/reads.ts'
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

/** Where the kinds that can be scaled have their replicas. */
const REPLICAS = ['f:spec', 'f:replicas']

const ENDPOINT: ManagedEndpoint = {
  apiVersion: SCALE_API_VERSION,
  node: mergeNodeOf(SCALE.type),
  subresource: 'scale',
  reset: {},
  empty: { kind: SCALE.kind, apiVersion: SCALE_API_VERSION, metadata: {} },
  mayHaveChanged: false,
  convert: (scale, apiVersion) => (apiVersion === SCALE_API_VERSION ? scale : undefined),
}

export async function answerScale(context: RequestContext): Promise<Response> {
  const { host, definition, info } = context
  const apiVersion = formatGroupVersion(definition)
  const paths = new Map([[apiVersion, REPLICAS]])
  if (info.verb === 'get') {
    const parent = parseObject(inRequestedVersion(definition, readStored(host, definition, info.name).text))
    return answerAsScale(context, parent)
  }
  const write = info.verb === 'patch' ? await readPatch(context, SCALE, ENDPOINT) : await readScale(context)
  const parentTarget = { ...targetOf(context), subresource: '' }
  const changeParent: Change = (current) => {
    const parent = current as Scaled
    const { managedFields } = parent.metadata
    const scale = changeScale(host, write, scaleOf(parent), scaleOwners(managedFields, paths))
    const next = withReplicas(definition, parent, scale)
    const owners = parentOwners(managedFields, scale.metadata.managedFields, paths, apiVersion)
    if (owners === undefined) delete next.metadata.managedFields
    else next.metadata.managedFields = owners
    return next
  }
  const result = await updateInTurn(host, write.caller, parentTarget, changeParent, { tracksFields: true })
  return answerAsScale(context, parseObject(inRequestedVersion(definition, result.text)))
}

/** The Scale after the write, with the owners of its replicas. */
function changeScale(
  host: ApiHost,
  { change, caller, isApply }: ReadPatch,
  scale: AnyObject,
  managedFields: ManagedFieldsEntry[] | undefined,
): AnyObject {
  if (managedFields !== undefined) scale.metadata.managedFields = managedFields
  const next = change(structuredClone(scale), scale)
  if (!isApply) trackUpdate(ENDPOINT, scale, next, { manager: caller.manager, nowMs: host.clock.now() })
  return next
}

function answerAsScale(context: RequestContext, parent: AnyObject): Response {
  const text = JSON.stringify(scaleOf(parent as Scaled))
  return answerObject({ columns: scaleColumns }, text, answerOptions(context, 200))
}

async function readScale(context: RequestContext): Promise<ReadPatch> {
  const { object, caller } = await readObject(context, SCALE)
  checkName(context.info.name, object)
  return { change: () => structuredClone(object), caller, isApply: false }
}

function withReplicas(definition: KindDefinition, parent: Scaled, scale: AnyObject): Scaled {
  const name = parent.metadata.name ?? ''
  const replicas = (scale['spec'] as { replicas?: number } | undefined)?.replicas ?? 0
  if (replicas < 0) {
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
  parent.spec.replicas = replicas
  return parent
}

function scaleOf(parent: Scaled): AnyObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = parent.metadata
  const selector = selectorText(parent)
  return {
    kind: 'Scale',
    apiVersion: SCALE_API_VERSION,
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
