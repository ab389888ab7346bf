/**
 * `scale`: replicas of Deployments, ReplicaSets, StatefulSets and ReplicationControllers through one small object
 * (autoscaling/v1 Scale). Written under the parent's resourceVersion (kubernetes/kubernetes pkg/registry/apps/
 * deployment/storage/storage.go).
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { invalid } from '../../apimachinery/field-path.ts'
import { formatLabelSelector } from '../../apimachinery/selectors.ts'
import {
  OPTIMISTIC_LOCK_MESSAGE,
  badRequestError,
  conflictError,
  invalidError,
} from '../../apimachinery/status-error.ts'
import { scaleColumns } from '../../apis/autoscaling/columns.ts'
import type { KindDefinition, KindRef } from '../../apis/define-kind.ts'
import { parseObject } from '../../registry/object-text.ts'
import { answerObject } from '../answer.ts'
import { WRITE_MEDIA_TYPES, decodeBody, parseFieldValidation, readBody } from '../writing/body.ts'
import { readStored } from '../handlers/reads.ts'
import { patchFunction } from '../writing/patch-body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, callerOf, targetOf } from '../request-context.ts'
import { updateInTurn } from '../writing/writes.ts'
import { inRequestedVersion } from '../reading/versions.ts'

interface Scaled extends AnyObject {
  spec: { replicas?: number; selector?: Record<string, unknown> }
  status?: { replicas?: number }
}

const SCALE: KindRef & { readonly type: string } = {
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
    const parent = parseObject(inRequestedVersion(definition, readStored(host, definition, info.name).text))
    return answerAsScale(context, parent)
  }
  const read = info.verb === 'patch' ? await readPatch(context) : await readScale(context)
  const parentTarget = { ...targetOf(context), subresource: '' }
  const result = await updateInTurn(host, callerOf(context), parentTarget, (current) => {
    const parent = current as Scaled
    return withReplicas(definition, parent, read(scaleOf(parent)))
  })
  return answerAsScale(context, parseObject(inRequestedVersion(definition, result.text)))
}

function answerAsScale(context: RequestContext, parent: AnyObject): Response {
  const text = JSON.stringify(scaleOf(parent as Scaled))
  return answerObject({ columns: scaleColumns }, text, answerOptions(context, 200))
}

async function readScale(context: RequestContext): Promise<(scale: AnyObject) => AnyObject> {
  const { host, request, query, warnings, info } = context
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const fieldValidation = parseFieldValidation(query)
  const next = decodeBody(host, SCALE, body, { fieldValidation, warn: (text) => warnings.push(text) })
  const name = next.metadata.name ?? ''
  if (name !== info.name) {
    throw badRequestError(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
  }
  return () => next
}

async function readPatch(context: RequestContext): Promise<(scale: AnyObject) => AnyObject> {
  const body = await readBody(context.request, [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
  ])
  const apply = patchFunction(SCALE, { mediaType: body.mediaType, patch: JSON.parse(body.text) as unknown })
  return (scale) => context.host.decode(SCALE, apply(scale)).object
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
