/**
 * Which fields one object has and another has not, or has otherwise. Follows structured-merge-diff's typed/compare.go.
 * Both objects must fit the schema; null and missing are two things. What is `ignored` is not looked at.
 */
import { ownValue } from '../../lib/own-value.ts'
import { equalJson, isJsonObject, type JsonObject } from '../patch/json-value.ts'
import { hasEmptyInList } from '../schema/given-empty.ts'
import { RawJson } from '../wire/raw/raw-json.ts'
import { LEAF, insert, insertNode, isMember, markSorted, sortElements, type FieldSet } from './field-set.ts'
import {
  childNode, resolveNode, type ListMerge, type MapMerge, type MergeNode, type ResolvedNode,
} from './merge-schema.ts'
import { areAligned, areOnlyOnes, fieldElement, itemElement, type PathElement } from './elements/path-element.ts'

export interface Comparison {
  readonly removed: FieldSet
  readonly modified: FieldSet
  readonly added: FieldSet
}

const NOTHING: FieldSet = {}

export function compareObjects(node: MergeNode, left: unknown, right: unknown, ignored = NOTHING): Comparison {
  const walk = new Walk()
  walk.compare(node, left, right, ignored)
  return walk
}

/** Where one side has nothing all of the other is new: every step below is a member, parents too. */
function allOf(node: MergeNode, value: unknown): FieldSet {
  const type = resolveNode(node, value)
  if (type.kind === 'scalar') return LEAF
  if (type.kind === 'list') {
    if (type.relation === 'atomic' || !Array.isArray(value) || value.length === 0) return LEAF
    const set: FieldSet = { '.': LEAF }
    const groups = groupItems(type, value)
    for (const element of sortElements([...groups.keys()])) {
      const items = groups.get(element) ?? []
      set[element] = items.length === 1 ? allOf(type.item, items[0]) : LEAF
    }
    return set
  }
  if (type.isAtomic || isEmptyMap(value)) return LEAF
  const fields = value as JsonObject
  const set: FieldSet = { '.': LEAF }
  for (const name of Object.keys(fields).sort()) set[fieldElement(name)] = allOf(childNode(type, name), fields[name])
  return set
}

/** `left` and `right` are undefined where there is no value; at most one of them is. */
class Walk implements Comparison {
  readonly removed: FieldSet = {}
  readonly modified: FieldSet = {}
  readonly added: FieldSet = {}
  readonly #path: PathElement[] = []

  compare(node: MergeNode, left: unknown, right: unknown, ignored: FieldSet): void {
    // What is one and the same has no differences.
    if (left === right) return
    if (ignored === NOTHING) {
      if (left === undefined) return insertNode(this.added, this.#path, markSorted(allOf(node, right)))
      if (right === undefined) return insertNode(this.removed, this.#path, markSorted(allOf(node, left)))
    }
    const [leftNode, rightNode] = [resolveNode(node, left ?? right), resolveNode(node, right ?? left)]
    if (leftNode !== rightNode) this.#compareAs(leftNode, left, right, ignored)
    this.#compareAs(rightNode, left, right, ignored)
  }

  #compareAs(node: ResolvedNode, left: unknown, right: unknown, ignored: FieldSet): void {
    if (node.kind === 'scalar') return this.#compareLeaf(left, right)
    if (node.kind === 'list') {
      const [lefts, rights] = [listOf(left), listOf(right)]
      const isLeaf = node.relation === 'atomic' || (lefts.length === 0 && rights.length === 0)
      return isLeaf ? this.#compareLeaf(left, right) : this.#compareItems(node, lefts, rights)
    }
    if (node.isAtomic || (isEmptyMap(left) && isEmptyMap(right))) return this.#compareLeaf(left, right)
    this.#compareFields(node, isJsonObject(left) ? left : {}, isJsonObject(right) ? right : {}, ignored)
    if (left === undefined) insert(this.added, this.#path)
    else if (right === undefined) insert(this.removed, this.#path)
  }

  #compareLeaf(left: unknown, right: unknown): void {
    if (left === undefined) insert(this.added, this.#path)
    else if (right === undefined) insert(this.removed, this.#path)
    else if (!areEqual(left, right) || hasEmptyInList(right)) insert(this.modified, this.#path)
  }

  #compareFields(map: MapMerge, left: JsonObject, right: JsonObject, ignored: FieldSet): void {
    for (const name in left) this.#compareField(map, name, left[name], ownValue(right, name), ignored)
    for (const name in right) {
      if (ownValue(left, name) === undefined) this.#compareField(map, name, undefined, right[name], ignored)
    }
  }

  #compareField(map: MapMerge, name: string, left: unknown, right: unknown, ignored: FieldSet): void {
    if (left === right) return
    const element = fieldElement(name)
    const ignoredBelow = ignored === NOTHING ? NOTHING : (ignored[element] ?? NOTHING)
    if (ignoredBelow !== NOTHING && isMember(ignoredBelow)) return
    this.#path.push(element)
    this.compare(childNode(map, name), left, right, ignoredBelow)
    this.#path.pop()
  }

  #compareItems(list: ListMerge, lefts: readonly unknown[], rights: readonly unknown[]): void {
    if (areAligned(list, lefts, rights) && this.#comparePairs(list, lefts, rights)) return
    const [leftItems, rightItems] = [groupItems(list, lefts), groupItems(list, rights)]
    for (const [element, items] of leftItems) {
      this.#compareItem(list, element, items, rightItems.get(element) ?? NO_ITEMS)
    }
    for (const [element, items] of rightItems) {
      if (!leftItems.has(element)) this.#compareItem(list, element, NO_ITEMS, items)
    }
  }

  /** Items that stand at the same places, and are told apart only where they differ. false: not all can be. */
  #comparePairs(list: ListMerge, lefts: readonly unknown[], rights: readonly unknown[]): boolean {
    const differing: number[] = []
    for (let at = 0; at < lefts.length; at++) {
      if (!equalJson(lefts[at], rights[at]) || hasEmptyInList(rights[at])) differing.push(at)
    }
    if (!areOnlyOnes(list, lefts, differing)) return false
    for (const at of differing) this.#comparePair(list, itemElement(list, lefts[at]), lefts[at], rights[at])
    return true
  }

  #comparePair(list: ListMerge, element: PathElement, left: unknown, right: unknown): void {
    this.#path.push(element)
    this.compare(list.item, left, right, NOTHING)
    this.#path.pop()
  }

  /** Items of one key: one on each side is the usual; several are compared as a whole. */
  #compareItem(list: ListMerge, element: PathElement, lefts: readonly unknown[], rights: readonly unknown[]): void {
    this.#path.push(element)
    if (lefts.length <= 1 && rights.length <= 1) this.compare(list.item, lefts[0], rights[0], NOTHING)
    else if (lefts.length > 1 && rights.length > 1) {
      if (!equalJson(lefts, rights)) insert(this.modified, this.#path)
    } else if (lefts.length > 1) {
      if (rights.length === 1) this.compare(list.item, undefined, rights[0], NOTHING)
      insert(this.removed, this.#path)
    } else {
      if (lefts.length === 1) this.compare(list.item, lefts[0], undefined, NOTHING)
      insert(this.added, this.#path)
    }
    this.#path.pop()
  }
}

const NO_ITEMS: readonly unknown[] = []

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_ITEMS
}

function isEmptyMap(value: unknown): boolean {
  if (!isJsonObject(value)) return true
  for (const name in value) if (Object.hasOwn(value, name)) return false
  return true
}

/** What is raw is compared by what it says, and within a list that is owned as a whole, as Go compares it, by letters. */
function areEqual(left: unknown, right: unknown): boolean {
  return left instanceof RawJson && right instanceof RawJson
    ? equalJson(left.value, right.value)
    : equalJson(left, right)
}

function groupItems(list: ListMerge, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const groups = new Map<PathElement, unknown[]>()
  for (const item of items) {
    const element = itemElement(list, item)
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [item])
    else group.push(item)
  }
  return groups
}
