/**
 * How many objects of a list over all namespaces follow behind one of its pages (`remainingItemCount`): what is left of
 * the page's namespace, all of those that are read ahead, and all of those that nothing was read of yet, which are asked.
 * A number is exact as of the list's revision; there is none where selectors leave objects out, where a namespace does
 * not say, or where too many would have to be asked. It must not know what a list is asked for.
 */
import type { Page } from './store-side-driver.ts'

/** Namespaces read at a time: the platform allows six outgoing connections of one request. */
export const PARALLEL_STORES = 6

/** Namespaces asked for one number, which is a hint: to ask them costs a call each, and wakes those that sleep. */
export const MAX_COUNTED_STORES = 128

export async function remainingBehind(
  left: number | undefined,
  ahead: readonly Promise<Page>[],
  unread: readonly string[],
  countIn: (store: string) => Promise<Page>,
): Promise<number | undefined> {
  if (left === undefined || unread.length > MAX_COUNTED_STORES) return undefined
  let count = left
  for (const page of ahead) {
    const size = sizeOf(await page)
    if (size === undefined) return undefined
    count += size
  }
  for (let at = 0; at < unread.length; at += PARALLEL_STORES) {
    const asked = unread.slice(at, at + PARALLEL_STORES)
    for (const size of await Promise.all(asked.map((store) => askedSize(countIn(store))))) {
      if (size === undefined) return undefined
      count += size
    }
  }
  return count
}

/** A namespace that cannot be asked is no reason to fail a list that does not show it. */
const askedSize = (page: Promise<Page>): Promise<number | undefined> => page.then(sizeOf, () => undefined)

function sizeOf({ objects, remaining, isCompacted }: Page): number | undefined {
  return remaining === undefined || isCompacted ? undefined : objects.length + remaining
}
