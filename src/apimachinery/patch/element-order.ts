/**
 * The order of items after a strategic merge: what the patch lists comes in the patch's order, what only the server has
 * keeps its own, and the two are interleaved as they stood (k8s.io/apimachinery pkg/util/strategicpatch/patch.go,
 * normalizeElementOrder and mergeSortedSlice; see also the design proposal preserve-order-in-strategic-merge-patch).
 */
import { ownValue } from '../../lib/own-value.ts'
import { isJsonObject } from './json-value.ts'

type KeyOf = (item: unknown) => unknown

function keyBy(mergeKey: string | undefined): KeyOf {
  if (mergeKey === undefined) return (item) => item
  return (item) => (isJsonObject(item) ? ownValue(item, mergeKey) : undefined)
}

function positions(items: readonly unknown[], keyOf: KeyOf): Map<unknown, number> {
  const found = new Map<unknown, number>()
  for (const [index, item] of items.entries()) {
    const key = keyOf(item)
    if (!found.has(key)) found.set(key, index)
  }
  return found
}

function sortBy(items: unknown[], order: ReadonlyMap<unknown, number>, keyOf: KeyOf): unknown[] {
  const places = items.map((item) => order.get(keyOf(item)))
  if (places.includes(undefined) && items.length <= MAX_INSERTED) return insertedBy(items, places)
  const at = (item: unknown) => order.get(keyOf(item)) ?? Number.MAX_SAFE_INTEGER
  return items.toSorted((left, right) => at(left) - at(right))
}

/** Longer lists upstream sorts in a way of which nothing can be foretold where there is no order. */
const MAX_INSERTED = 20

/**
 * An item without a place is less than any other, and any other less than it: no order at all, of which upstream's
 * sort by insertion makes this. New items come here whose patch asks for an order without any.
 */
function insertedBy(items: readonly unknown[], places: readonly (number | undefined)[]): unknown[] {
  const sorted: { item: unknown; place: number | undefined }[] = []
  for (const [index, item] of items.entries()) {
    const place = places[index]
    const isLess = (other: number | undefined): boolean => place === undefined || other === undefined || place < other
    let at = sorted.length
    while (at > 0 && isLess(sorted[at - 1]?.place)) at--
    sorted.splice(at, 0, { item, place })
  }
  return sorted.map(({ item }) => item)
}

/** `items` with those of `wanted` in its order, the others as in `server`. `mergeKey` is undefined for scalars. */
export function mergedOrder(
  items: readonly unknown[],
  wanted: readonly unknown[],
  server: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const keyOf = keyBy(mergeKey)
  const [wantedAt, serverAt] = [positions(wanted, keyOf), positions(server, keyOf)]
  const ours = sortBy(items.filter((item) => wantedAt.has(keyOf(item))), wantedAt, keyOf)
  const theirs = sortBy(items.filter((item) => !wantedAt.has(keyOf(item))), serverAt, keyOf)
  const merged: unknown[] = []
  let next = 0
  for (const item of ours) {
    // What only the server has goes before an item of the patch only where it stood before it.
    const place = serverAt.get(keyOf(item))
    while (place !== undefined && next < theirs.length && isBefore(serverAt.get(keyOf(theirs[next])), place)) {
      merged.push(theirs[next])
      next++
    }
    merged.push(item)
  }
  return [...merged, ...theirs.slice(next)]
}

function isBefore(position: number | undefined, place: number): boolean {
  return position !== undefined && position < place
}
