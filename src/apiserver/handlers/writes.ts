/** The write verbs of HTTP: body and options in, the registry's decision, the stored text out. */
import { cloneDecoded } from '../../apimachinery/schema/given-empty.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { DeletionOptions } from '../../registry/delete.ts'
import type { WriteResult } from '../../registry/write-context.ts'
import type { StoredObject } from '../../store/object-store.ts'
import { answerObject, answerText, statusSuccess } from '../answer.ts'
import { authorize } from '../authorize.ts'
import { RETURNS_DELETED_OBJECT } from '../writing/deletion-answers.ts'
import { readDeletionOptions } from '../writing/deletion-options.ts'
import { convertedPage, withConversions } from '../custom/converted.ts'
import { answerWhole, readList } from '../reading/list.ts'
import { readDeletionSelection } from '../reading/list-options.ts'
import { readPatch } from '../writing/patch-body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, callerOf, targetOf } from '../request-context.ts'
import { inRequestedVersion } from '../reading/versions.ts'
import type { Caller } from '../writing/turn.ts'
import { namespaceKnown } from '../writing/turn.ts'
import { createInTurn, deleteInTurn, updateInTurn } from '../writing/writes.ts'
import { checkKey, checkPlace, readObject } from '../writing/written-object.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { printTyped } from '../../apis/schema.ts'

export async function createOne(context: RequestContext): Promise<Response> {
  const { object, caller } = await readObject(context)
  await namespaceKnown(context.host, 'create')
  await context.host.namespaceStarting()
  const result = await createInTurn(context.host, caller, targetOf(context), object)
  return answerWrite(context, result)
}

export async function updateOne(context: RequestContext): Promise<Response> {
  const { object, caller } = await readObject(context)
  checkPlace(context, object)
  checkKey(context.info)
  const allowsCreate = createsOnUpdate(context.definition) && (await mayCreate(context))
  const result = await updateInTurn(context.host, caller, targetOf(context), () => cloneDecoded(object), {
    allowsCreate,
  })
  return answerWrite(context, result)
}

/**
 * Whether this write makes what is not there: that takes the right to create as well. As upstream has it, a kind whose
 * PUT creates is also made by way of its status: as a new object, without that status. @throws ApiStatusError 403
 */
async function mayCreate({ host, definition, info, user, query }: RequestContext): Promise<boolean> {
  if (info.subresource !== '' && !(info.subresource === 'status' && createsOnUpdate(definition))) return false
  const resource = storeResource(host.scheme.storedDefinition(definition))
  if (host.reader.get({ resource, name: info.name }) !== undefined) return false
  await authorize(host, { info: { ...info, verb: 'create' }, query }, user)
  return true
}

function createsOnUpdate({ strategy }: RequestContext['definition']): boolean {
  return strategy.allowsCreateOnUpdate === true
}

export async function patchOne(context: RequestContext): Promise<Response> {
  const { change, caller, isApply } = await readPatch(context)
  const allowsCreate = isApply && (await mayCreate(context))
  if (allowsCreate) {
    await namespaceKnown(context.host, 'create')
    await context.host.namespaceStarting()
  }
  const result = await updateInTurn(context.host, caller, targetOf(context), change, {
    verb: 'patch',
    allowsCreate,
    ...(isApply ? { tracksFields: true } : {}),
  })
  return answerWrite(context, result)
}

export async function deleteOne(context: RequestContext): Promise<Response> {
  const { host, definition, info } = context
  const { options, isDryRun, acceptedCode } = await readDeletionOptions(context)
  warnOfOrphans(context, options)
  const result = await deleteInTurn(host, callerOf(context, { isDryRun }), targetOf(context), options)
  if (!result.isDeleted || RETURNS_DELETED_OBJECT.has(storeResource(definition))) {
    const code = result.isDeleted ? 200 : acceptedCode
    return answerObject(definition, inRequestedVersion(definition, result.text), answerOptions(context, code))
  }
  const details = {
    name: info.name,
    ...(definition.group === '' ? {} : { group: definition.group }),
    kind: definition.resource,
    uid: result.object.metadata.uid ?? '',
  }
  return answerText(printTyped('V1Status', statusSuccess(details)), answerOptions(context, 200))
}

/** Deletes what a list would show, one turn each, and answers with that list, as it was before. */
export async function deleteMany(context: RequestContext): Promise<Response> {
  const { host, definition, query } = context
  const readSelection = readDeletionSelection(definition, query)
  const { options, isDryRun } = await readDeletionOptions(context)
  const selection = readSelection()
  warnOfOrphans(context, options)
  const { first, metadata, readMore } = await readList(host, definition, selection)
  const caller = callerOf(context, { isDryRun })
  const objects: StoredObject[] = []
  for (let page = first; ; page = readMore(objects.at(-1)?.name ?? '')) {
    objects.push(...page.objects)
    await deleteEach(context, caller, page.objects, options)
    if (selection.limit > 0 || !page.hasMore) break
  }
  const shown = await convertedPage(host, definition, objects)
  return answerWhole(host, definition, metadata, shown, answerOptions(context, 200))
}

function warnOfOrphans({ definition, warnings }: RequestContext, { propagationPolicy }: DeletionOptions): void {
  const { orphanWarning } = definition.strategy
  if (orphanWarning !== undefined && propagationPolicy === undefined) warnings.push(orphanWarning)
}

/** What went by itself meanwhile is as good as deleted. */
async function deleteEach(
  context: RequestContext,
  caller: Caller,
  objects: readonly StoredObject[],
  options: DeletionOptions,
): Promise<void> {
  const target = targetOf(context)
  const results = await Promise.allSettled(
    objects.map(({ name }) =>
      withConversions(context.host, target.definition, (definition) =>
        deleteInTurn(context.host, caller, { ...target, definition, name }, options),
      ),
    ),
  )
  const failed = results.find((result) => result.status === 'rejected' && !hasReason(result.reason, 'NotFound'))
  if (failed?.status === 'rejected') throw failed.reason
}

function answerWrite(context: RequestContext, result: WriteResult): Response {
  if (context.definition.notActedUpon !== undefined && result.isCreated) {
    context.warnings.push(context.definition.notActedUpon)
  }
  const text = inRequestedVersion(context.definition, result.text)
  return answerObject(context.definition, text, answerOptions(context, result.isCreated ? 201 : 200))
}
