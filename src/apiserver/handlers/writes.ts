/** The write verbs of HTTP: body and options in, the registry's decision, the stored text out. */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { badRequestError } from '../../apimachinery/status-error.ts'
import { parseObject } from '../../registry/object-text.ts'
import type { WriteResult } from '../../registry/write-context.ts'
import { answerObject, answerText, statusSuccess } from '../answer.ts'
import { WRITE_MEDIA_TYPES, decodeBody, parseFieldValidation, readBody } from '../writing/body.ts'
import { readDeletionOptions } from '../writing/deletion-options.ts'
import { parseListOptions } from '../reading/list-options.ts'
import { patchOf } from '../writing/patch-body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, callerOf, targetOf } from '../request-context.ts'
import { inRequestedVersion } from '../reading/versions.ts'
import { namespaceKnown } from '../writing/turn.ts'
import { createInTurn, deleteInTurn, updateInTurn } from '../writing/writes.ts'
import { storeResource } from '../../apis/define-kind.ts'

export async function createOne(context: RequestContext): Promise<Response> {
  const next = await readObject(context)
  await namespaceKnown(context.host, 'create')
  await context.host.namespaceStarting()
  const result = await createInTurn(context.host, callerOf(context), targetOf(context), next)
  return answerWrite(context, result)
}

export async function updateOne(context: RequestContext): Promise<Response> {
  const next = await readObject(context)
  checkName(context, next)
  const result = await updateInTurn(context.host, callerOf(context), targetOf(context), () => structuredClone(next))
  return answerWrite(context, result)
}

export async function patchOne(context: RequestContext): Promise<Response> {
  const patch = await patchOf(context)
  const result = await updateInTurn(context.host, callerOf(context), targetOf(context), patch, {
    verb: 'patch',
    allowsCreate: false,
  })
  return answerWrite(context, result)
}

export async function deleteOne(context: RequestContext): Promise<Response> {
  const { host, definition, info } = context
  const { options, isDryRun } = await readDeletionOptions(context)
  const result = await deleteInTurn(host, callerOf(context, isDryRun), targetOf(context), options)
  if (!result.isDeleted || RETURNS_DELETED_OBJECT.has(storeResource(definition))) {
    return answerObject(definition, inRequestedVersion(definition, result.text), answerOptions(context, 200))
  }
  const details = {
    name: info.name,
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.resource,
    uid: result.object.metadata.uid ?? '',
  }
  return answerText(JSON.stringify(statusSuccess(details)), answerOptions(context, 200))
}

/**
 * Resources whose DELETE answers with the object instead of a Status even when it is gone: ReturnDeletedObject in
 * kubernetes/kubernetes pkg/registry/<group>/<resource>/storage.
 */
const RETURNS_DELETED_OBJECT: ReadonlySet<string> = new Set([
  'pods',
  'podtemplates',
  'persistentvolumes',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
])

/** Deletes what a list would show, one turn each, and answers with the list of what was there. */
export async function deleteMany(context: RequestContext): Promise<Response> {
  const { host, definition, query } = context
  const { options, isDryRun } = await readDeletionOptions(context)
  const selection = parseListOptions(definition, query, false)
  const matches = selection.matches
  const resource = storeResource(host.scheme.storedDefinition(definition))
  const { objects } = host.reader.list({
    resource,
    limit: selection.limit > 0 ? selection.limit : Number.MAX_SAFE_INTEGER,
    ...(matches === undefined
      ? {}
      : { matches: (selectable, name) => matches(selectable, name, () => host.namespace) }),
  })
  const caller = callerOf(context, isDryRun)
  const results = await Promise.allSettled(
    objects.map(({ name }) => deleteInTurn(host, caller, { ...targetOf(context), name }, options)),
  )
  const items: AnyObject[] = []
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') {
      const { kind: _kind, apiVersion: _apiVersion, ...item } = parseObject(result.value.text)
      items.push(item as AnyObject)
    } else if (host.reader.get({ resource, name: objects[index]?.name ?? '' }) !== undefined) {
      throw result.reason
    }
  }
  const list = {
    kind: definition.listKind,
    apiVersion: definition.group === '' ? definition.version : `${definition.group}/${definition.version}`,
    metadata: { resourceVersion: String(host.reader.revision) },
    items,
  }
  return answerText(JSON.stringify(list), answerOptions(context, 200))
}

async function readObject(context: RequestContext): Promise<AnyObject> {
  const { host, definition, request, query, warnings } = context
  const fieldValidation = parseFieldValidation(query)
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  return decodeBody(host, definition, body, { fieldValidation, warn: (text) => warnings.push(text) })
}

function checkName({ info }: RequestContext, next: AnyObject): void {
  const name = next.metadata.name ?? ''
  if (name === '') throw badRequestError('name must be provided')
  if (name !== info.name) {
    throw badRequestError(`the name of the object (${name}) does not match the name on the URL (${info.name})`)
  }
}

function answerWrite(context: RequestContext, result: WriteResult): Response {
  if (context.definition.notActedUpon !== undefined && result.isCreated) {
    context.warnings.push(context.definition.notActedUpon)
  }
  const text = inRequestedVersion(context.definition, result.text)
  return answerObject(context.definition, text, answerOptions(context, result.isCreated ? 201 : 200))
}
