/**
 * `scale`: replicas of Deployments, ReplicaSets, StatefulSets and ReplicationControllers through one small object
 * (autoscaling/v1 Scale). Written under the parent's resourceVersion (kubernetes/kubernetes pkg/registry/apps/
 * deployment/storage/storage.go).
 */
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import { cloneObject, trackUpdate, type ManagedEndpoint } from '../../apimachinery/apply/ownership.ts'
import type { ReplicasPaths } from '../../apimachinery/apply/scale-owners.ts'
import { SCALE_API_VERSION, parentOwners, scaleOwners } from '../../apimachinery/apply/scale-owners.ts'
import type { AnyObject, ManagedFieldsEntry } from '../../apimachinery/meta.ts'
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/meta.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { invalid, judgeOne } from '../../apimachinery/field-path.ts'
import { validateMetadataOnCreate } from '../../apimachinery/metadata-validation.ts'
import { nameIsDnsSubdomain } from '../../apimachinery/name-rules.ts'
import { formatLabelSelector } from '../../apimachinery/selectors.ts'
import { badRequestError, conflictError, hasReason, invalidError } from '../../apimachinery/status-error.ts'
import { scaleColumns } from '../../apis/autoscaling/columns.ts'
import { customColumns } from '../../apis/custom/custom-columns.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import { mergeNodeOf } from '../../apis/merge-schema.ts'
import { printTyped, schema } from '../../apis/schema.ts'
import { zeroOf } from '../../apimachinery/schema/decode.ts'
import { placeInNamespace } from '../../registry/create.ts'
import { parseObject, storedText } from '../../registry/object-text.ts'
import type { Change } from '../../registry/update.ts'
import { answerObject } from '../answer.ts'
import type { ApiHost } from '../api-host.ts'
import { atLeastAsNew, readStored } from '../handlers/reads.ts'
import type { PatchedKind, ReadPatch } from '../writing/patch-body.ts'
import { readPatch } from '../writing/patch-body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import { updateInTurn } from '../writing/writes.ts'
import { checkName, readObject } from '../writing/written-object.ts'
import { inRequestedVersion } from '../reading/versions.ts'
import type { ScaleValues } from './custom-scale.ts'
import { SCALE_REGISTRY } from '../writing/bodies/body-type.ts'
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

/** Printed as custom resources are (k8s.io/apiextensions-apiserver pkg/apiserver, getScaleColumnsForVersion). */
const CUSTOM_SCALE = {
  typePackage: 'v1',
  columns: customColumns([
    { name: 'Desired', type: 'integer', jsonPath: '.spec.replicas' },
    { name: 'Available', type: 'integer', jsonPath: '.status.replicas' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ]),
}

/** Upstream looks up what it cannot read where nobody knows it, and tells of that (handlers/rest.go, transformDecodeError). */
const UNREADABLE_CUSTOM = `no kind is registered for the type v1.Scale in scheme "${SCALE_REGISTRY}"`

interface ScaleBefore {
  readonly scale: AnyObject
  readonly managedFields: ManagedFieldsEntry[] | undefined
}

type ReadScale = ReadPatch & { readonly preconditionUid?: string }

/** Where the kinds that can be scaled have their replicas. */
const REPLICAS = ['f:spec', 'f:replicas']

const ENDPOINT: ManagedEndpoint = {
  apiVersion: SCALE_API_VERSION,
  node: mergeNodeOf(SCALE.type),
  subresource: 'scale',
  reset: {},
  empty: {
    metadata: {}, ...(zeroOf(schema.structOf(SCALE.type)) as Partial<AnyObject>),
    kind: SCALE.kind, apiVersion: SCALE_API_VERSION,
  },
  mayHaveChanged: false,
  convert: (scale, apiVersion) => (apiVersion === SCALE_API_VERSION ? scale : undefined),
}

/** Of a custom resource upstream's field manager has no way to a Scale and back. */
const CUSTOM_ENDPOINT: ManagedEndpoint = { ...ENDPOINT, isOneWay: true }

function endpointOf({ custom }: KindDefinition): ManagedEndpoint {
  return custom === undefined ? ENDPOINT : CUSTOM_ENDPOINT
}

export async function answerScale(context: RequestContext): Promise<Response> {
  const { host, definition, info } = context
  if (info.verb === 'get') {
    const known = atLeastAsNew(context)
    if (known !== undefined) await known
    const parent = parseObject(inRequestedVersion(definition, storedText(readStored(host, definition, info.name))))
    const paths = definition.custom?.scale
    if (paths !== undefined) checkReplicasThere(parent, paths)
    return answerAsScale(context, parent)
  }
  const write: ReadScale =
    info.verb === 'patch' ? await readPatch(context, SCALE, endpointOf(definition)) : await readScale(context)
  const parentTarget = { ...targetOf(context), subresource: '' }
  const customPaths = definition.custom?.scale
  const apiVersion = formatGroupVersion(definition)
  const changeParent: Change = (current) => {
    if (current === undefined) throw new Error('a scale was written to an object that is not there')
    const { managedFields } = current.metadata
    const paths = replicasPaths(host, definition, managedFields)
    const values = customPaths === undefined ? builtInScale(current as Scaled) : changeableScale(current, customPaths)
    const scale = changeScale(host, write, {
      scale: scaleOf(current, values),
      managedFields: scaleOwners(managedFields, paths),
    })
    const next = withReplicas(definition, cloneObject(current), scale)
    const owners = parentOwners(managedFields, scale.metadata.managedFields, paths, apiVersion)
    if (owners === undefined) delete next.metadata.managedFields
    else next.metadata.managedFields = owners
    return next
  }
  const { caller, preconditionUid = '' } = write
  const result = await updateInTurn(host, caller, parentTarget, changeParent, { tracksFields: true, preconditionUid })
  return answerAsScale(context, parseObject(inRequestedVersion(definition, result.text)))
}

/** Where the versions in which somebody owns something have their replicas, as steps of managed fields. */
function replicasPaths(
  host: ApiHost,
  definition: KindDefinition,
  managedFields: readonly ManagedFieldsEntry[] = [],
): ReplicasPaths {
  const own = formatGroupVersion(definition)
  if (definition.custom === undefined) return new Map([[own, REPLICAS]])
  const paths = new Map<string, readonly string[]>()
  for (const apiVersion of [own, ...managedFields.map((entry) => entry.apiVersion ?? '')]) {
    const { group, version } = parseGroupVersion(apiVersion) ?? definition
    const fields = host.scheme.byKind(group, version, definition.kind)?.custom?.scale?.specReplicas
    if (fields !== undefined) paths.set(apiVersion, fields.map((field) => `f:${field}`))
  }
  return paths
}

/** The Scale after the write, with the owners of its replicas. */
function changeScale(
  host: ApiHost,
  { change, caller, isApply }: ReadPatch,
  { scale, managedFields }: ScaleBefore,
): AnyObject {
  if (managedFields !== undefined) scale.metadata.managedFields = managedFields
  const next = change(scale)
  placeInNamespace(host, next)
  if (!isApply) trackUpdate(ENDPOINT, scale, next, { manager: caller.manager, nowMs: host.clock.now() })
  return next
}

function answerAsScale(context: RequestContext, parent: AnyObject): Response {
  const paths = context.definition.custom?.scale
  const values = paths === undefined ? builtInScale(parent as Scaled) : customScale(parent, paths)
  const text = printTyped('V1Scale', scaleOf(parent, values))
  const shown = paths === undefined ? { columns: scaleColumns } : CUSTOM_SCALE
  return answerObject(shown, text, answerOptions(context, 200))
}

/** The uid of a whole Scale is that of its parent, and asked for where that is stored. */
async function readScale(context: RequestContext): Promise<ReadScale> {
  const isOfCustom = context.definition.custom !== undefined
  const { object, caller } = await readObject(context, SCALE).catch((error: unknown) => {
    throw isOfCustom && hasReason(error, 'BadRequest') ? badRequestError(UNREADABLE_CUSTOM) : error
  })
  checkName(context.info.name, object)
  placeInNamespace(context.host, object)
  const { uid, ...metadata } = object.metadata
  const change = (): AnyObject => cloneJson({ ...object, metadata })
  return { change, caller, isApply: false, preconditionUid: uid ?? '' }
}

function withReplicas(definition: KindDefinition, parent: AnyObject, scale: AnyObject): AnyObject {
  const name = parent.metadata.name ?? ''
  const replicas = (scale['spec'] as { replicas?: number } | undefined)?.replicas ?? 0
  const paths = definition.custom?.scale
  // What a custom resource may hold there is part of its own validation.
  const errors = paths === undefined ? judgeOne(() => validateScale(scale, replicas)) : []
  if (errors.length > 0) throw invalidError({ group: 'autoscaling', kind: 'Scale' }, name, errors)
  const { uid = '', resourceVersion = '' } = scale.metadata
  const { group, resource: plural } = definition
  const found = parent.metadata.uid ?? ''
  if (paths === undefined && uid !== '' && uid !== found) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`
    throw conflictError({ group, resource: `${plural}/scale` }, name, why)
  }
  // Whether it is the one that is stored is judged as of any update of the parent.
  if (resourceVersion !== '') parent.metadata.resourceVersion = resourceVersion
  if (paths === undefined) (parent as Scaled).spec.replicas = replicas
  else setReplicas(parent, paths, replicas)
  return parent
}

const METADATA = { isNamespaced: true, group: SCALE.group, kind: SCALE.kind, nameRule: nameIsDnsSubdomain }

/** As kubernetes/kubernetes pkg/apis/autoscaling/validation has it. */
function validateScale({ metadata }: AnyObject, replicas: number): FieldError[] {
  const errors = validateMetadataOnCreate(metadata, METADATA)
  if (replicas >= 0) return errors
  return [...errors, invalid('spec.replicas', replicas, 'must be greater than or equal to 0')]
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
    apiVersion: SCALE_API_VERSION,
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
