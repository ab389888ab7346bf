/**
 * The deletecollection verb: deletes what a list would show, one turn each, and answers with that list, as it was
 * before (k8s.io/apiserver pkg/registry/generic/registry/store.go, DeleteCollection). One object after the other, in the
 * order of the list, up to the first that may not be deleted; all of them share commits nevertheless.
 */
import { hasReason } from '../../apimachinery/status-error.ts'
import type { DeletionOptions } from '../../registry/delete.ts'
import type { StoredObject } from '../../store/object-store.ts'
import { convertedPage, withConversions } from '../custom/converted.ts'
import { readDeletionSelection } from '../reading/list-options.ts'
import { answerWhole, readList } from '../reading/list.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, callerOf, targetOf } from '../request-context.ts'
import { readDeletionOptions } from '../writing/deletion-options.ts'
import type { Caller } from '../writing/turn.ts'
import { deleteInTurn } from '../writing/writes.ts'
import { warnOfOrphans } from './writes.ts'

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

/** Tells those behind an object that may not be deleted that they are not to be, either. */
class PassedOver extends Error {}

/**
 * Turns run in the order in which they were submitted, so that each knows how those before it went. One that is run
 * again (a policy, a conversion or a registration was missing) may go well in the end: then so may those behind it.
 */
async function deleteEach(
  context: RequestContext,
  caller: Caller,
  objects: readonly StoredObject[],
  options: DeletionOptions,
): Promise<void> {
  for (let left = objects; left.length > 0;) {
    const results = await deleteInOrder(context, caller, left, options)
    const refused = results.find((error) => error !== undefined && !(error instanceof PassedOver))
    if (refused !== undefined) throw refused
    left = left.filter((_, at) => results[at] instanceof PassedOver)
  }
}

/** What went wrong with each. What went by itself meanwhile is as good as deleted. */
function deleteInOrder(
  context: RequestContext,
  caller: Caller,
  objects: readonly StoredObject[],
  options: DeletionOptions,
): Promise<(Error | undefined)[]> {
  const { host } = context
  const target = targetOf(context)
  let refusedAt = Infinity
  const deleteAt = async (name: string, at: number): Promise<Error | undefined> => {
    const guard = <T>(decide: () => T): T => {
      if (refusedAt < at) throw new PassedOver()
      try {
        return decide()
      } catch (error) {
        if (!hasReason(error, 'NotFound')) refusedAt = Math.min(refusedAt, at)
        throw error
      }
    }
    try {
      await withConversions(host, target.definition, (definition) =>
        deleteInTurn(host, caller, { ...target, definition, name }, options, guard))
      return undefined
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined
      return error instanceof Error ? error : new Error(String(error))
    }
  }
  return Promise.all(objects.map(({ name }, at) => deleteAt(name, at)))
}
