/**
 * A configuration merged into an object, by type: what the configuration says is what counts, what it leaves out stays.
 * Nothing is removed here. Items keep the object's order where the configuration does not say another. Follows
 * structured-merge-diff's typed/merge.go. Results share parts with what was given, and are not to be changed in place;
 * what the configuration does not change is the very part of the object, so that nobody need compare it.
 */
import { ownValue } from '../../lib/own-value.ts'
import { equalJson, isJsonObject, setField, type JsonObject } from '../patch/json-value.ts'
import { childNode, resolveNode, type ListMerge, type MapMerge, type MergeNode } from './merge-schema.ts'
import { areAligned, itemElements, type PathElement } from './elements/path-element.ts'

/** `live` and `applied` are undefined where there is no value; at most one of them is. */
export function mergeTyped(node: MergeNode, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live
  if (live === undefined) return applied
  const type = resolveNode(node, applied)
  if (type.kind === 'scalar') return applied
  if (type.kind === 'list') {
    const [lives, items] = [asList(live), asList(applied)]
    const isLeaf = type.relation === 'atomic' || (lives.length === 0 && items.length === 0)
    return isLeaf ? leaf(live, applied) : mergeLists(type, lives, items)
  }
  const [liveFields, fields] = [asObject(live), asObject(applied)]
  const isLeaf = type.isAtomic || (Object.keys(liveFields).length === 0 && Object.keys(fields).length === 0)
  return isLeaf ? leaf(live, applied) : mergeMaps(type, liveFields, fields)
}

function leaf(live: unknown, applied: unknown): unknown {
  return equalJson(live, applied) ? live : applied
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function mergeMaps(map: MapMerge, live: JsonObject, applied: JsonObject): JsonObject {
  let merged: JsonObject | undefined
  for (const name in applied) {
    const current = ownValue(live, name)
    // Most of what is applied is there already, and most of that are texts and numbers.
    if (current !== undefined && current === applied[name]) continue
    const next = current === undefined ? applied[name] : mergeTyped(childNode(map, name), current, applied[name])
    if (next !== current) setField((merged ??= { ...live }), name, next)
  }
  return merged ?? live
}

/** Items of the same keys at every place; in the configuration no key is there twice. */
function mergeAligned({ item }: ListMerge, lives: readonly unknown[], items: readonly unknown[]): readonly unknown[] {
  let merged: unknown[] | undefined
  for (let at = 0; at < lives.length; at++) {
    const next = mergeTyped(item, lives[at], items[at])
    if (next !== lives[at]) (merged ??= [...lives])[at] = next
  }
  return merged ?? lives
}

/** Items by their keys, in order. Several live items of one key cannot be merged with: their value is undefined. */
interface Keyed {
  readonly elements: readonly PathElement[]
  readonly byElement: ReadonlyMap<PathElement, unknown>
}

function keyItems(list: ListMerge, items: readonly unknown[]): Keyed {
  const elements = itemElements(list, items)
  const byElement = new Map<PathElement, unknown>()
  for (const [at, element] of elements.entries()) {
    byElement.set(element, byElement.has(element) ? undefined : items[at])
  }
  return { elements, byElement }
}

/**
 * Two positions advance: where both show the same item it is merged; an item that only the object has comes where it
 * stands; items of both come in the order of the configuration.
 */
function mergeLists(list: ListMerge, lives: readonly unknown[], items: readonly unknown[]): readonly unknown[] {
  if (areAligned(list, lives, items)) return mergeAligned(list, lives, items)
  const [live, applied] = [keyItems(list, lives), keyItems(list, items)]
  const shared = applied.elements.values().filter((element) => live.byElement.has(element))
  const merged: unknown[] = []
  const taken = new Set<PathElement>()
  const upcoming = (): PathElement | undefined => shared.next().value
  let nextShared = upcoming()
  const take = (element: PathElement): void => {
    taken.add(element)
    merged.push(mergeTyped(list.item, live.byElement.get(element), applied.byElement.get(element)))
  }
  let [at, next] = [0, 0]
  while (at < live.elements.length || next < applied.elements.length) {
    const [liveElement, element] = [live.elements[at], applied.elements[next]]
    if (liveElement !== undefined && element !== undefined) {
      if (liveElement === element) {
        take(element)
        nextShared = upcoming()
        at++
        next++
        continue
      }
      if (applied.byElement.has(liveElement) && nextShared !== undefined && nextShared !== liveElement) {
        at++
        continue
      }
    }
    if (liveElement !== undefined) {
      if (!applied.byElement.has(liveElement)) {
        merged.push(lives[at])
        at++
        continue
      }
      if (taken.has(liveElement)) at++
    }
    if (element === undefined) continue
    take(element)
    next++
    if (nextShared === element) nextShared = upcoming()
  }
  const isSame = merged.length === lives.length && merged.every((item, index) => item === lives[index])
  return isSame ? lives : merged
}
