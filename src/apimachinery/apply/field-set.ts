/**
 * A set of fields, in the form of FieldsV1 itself: a tree whose steps are path elements. A step without anything below
 * it is a member; one with something below is a member only if it holds `.` too. So what is stored is what is computed
 * with, and nothing is converted. Sets are never changed once they are made, except by whoever makes them (`insert`).
 * Follows structured-merge-diff's fieldpath/{set,serialize}.go.
 */
import { isJsonObject } from '../patch/json-value.ts'
import { compareElements, type PathElement } from './elements/path-element.ts'
import { ValueError } from './typed-errors.ts'
import { canonicalElement } from './elements/written-element.ts'

export interface FieldSet {
  [element: PathElement]: FieldSet
}

/** Says of a step that it is a member although something is below it. */
const SELF = '.'

/** The node of a member with nothing below it: one for all, as there are many. */
export const LEAF: FieldSet = Object.freeze({})

export function isEmptySet(set: FieldSet): boolean {
  for (const _element in set) return false
  return true
}

/** Whether the node below a step says that the step itself is a member. */
export function isMember(node: FieldSet): boolean {
  return node[SELF] !== undefined || isEmptySet(node)
}

/** Whether anything is below the step whose node this is. */
export function hasChildren(node: FieldSet): boolean {
  for (const element in node) if (element !== SELF) return true
  return false
}

/** Calls `visit` for each step of a set or a node. */
export function eachElement(set: FieldSet, visit: (element: PathElement, node: FieldSet) => void): void {
  for (const element in set) {
    const node = set[element]
    if (element !== SELF && node !== undefined) visit(element, node)
  }
}

/** Adds a path; the empty path is the object itself, which nobody owns. For sets in the making only. */
export function insert(set: FieldSet, path: readonly PathElement[]): void {
  const last = path.at(-1)
  if (last === undefined) return
  const parent = parentOf(set, path)
  const node = parent[last]
  if (node === undefined) parent[last] = LEAF
  else if (!isMember(node)) node[SELF] = LEAF
}

/** The node that is to hold the last step of `path`, made if it is not there. */
function parentOf(set: FieldSet, path: readonly PathElement[]): FieldSet {
  let node = set
  for (let depth = 0; depth < path.length - 1; depth++) {
    const element = path[depth] ?? SELF
    let next = node[element]
    // What was a leaf is about to have something below it. In sets in the making each is the one; to look whether a large
    // node is empty lists all of it.
    if (next === undefined || next === LEAF) {
      next = next === undefined ? {} : { [SELF]: LEAF }
      node[element] = next
    }
    node = next
  }
  return node
}

/** Adds the node of what a path leads to, with all that is in it. For sets in the making only. */
export function insertNode(set: FieldSet, path: readonly PathElement[], node: FieldSet): void {
  const last = path.at(-1)
  if (last === undefined) return
  const parent = parentOf(set, path)
  const known = parent[last]
  parent[last] = known === undefined ? node : unionOfNodes(known, node)
}

export function setOf(...paths: readonly (readonly PathElement[])[]): FieldSet {
  const set: FieldSet = {}
  for (const path of paths) insert(set, path)
  return set
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) {
    node = node[element]
    if (node === undefined) return false
  }
  return path.length > 0 && isMember(node)
}

/** The node of a step with these steps below it; undefined when the step is neither member nor parent. */
export function nodeWith(member: boolean, below: FieldSet): FieldSet | undefined {
  if (isEmptySet(below)) return member ? LEAF : undefined
  return member ? { [SELF]: LEAF, ...below } : below
}

/** The very `left` when all of `right` is in it. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmptySet(right)) return left
  return isEmptySet(left) ? right : unionOfParents(left, right)
}

/** Two by two, so that none is copied for each of the others. */
export function unionOfAll(sets: readonly FieldSet[]): FieldSet {
  if (sets.length <= 1) return sets[0] ?? {}
  const middle = sets.length >> 1
  return union(unionOfAll(sets.slice(0, middle)), unionOfAll(sets.slice(middle)))
}

/** Of what both have something below, or are sets. */
function unionOfParents(left: FieldSet, right: FieldSet): FieldSet {
  let result = left
  for (const element in right) {
    const [one, other] = [left[element], right[element]]
    if (other === undefined || one === other) continue
    const both = one === undefined ? other : unionOfNodes(one, other)
    if (both === one) continue
    if (result === left) result = { ...left }
    result[element] = both
  }
  return result
}

function unionOfNodes(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(right)) return isMember(left) ? left : { [SELF]: LEAF, ...left }
  if (isEmptySet(left)) return isMember(right) ? right : { [SELF]: LEAF, ...right }
  return unionOfParents(left, right)
}

/** A node without its own membership. */
function below(node: FieldSet): FieldSet {
  if (node[SELF] === undefined) return node
  const { [SELF]: _self, ...rest } = node
  return rest
}

/** What is in `left` and not in `right`; a parent is not taken away with its child, nor a child with its parent. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (one, other) => {
    const inner = below(one)
    return rebuilt(one, isMember(one) && !isMember(other), inner, difference(inner, below(other)))
  })
}

/** `left` without what is in `right` and whatever is below that. */
export function recursiveDifference(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (one, other) => {
    if (isMember(other)) return undefined
    const inner = below(one)
    return rebuilt(one, isMember(one), inner, recursiveDifference(inner, other))
  })
}

/** `node`, whose steps were `before` and are `after`; the very node when nothing about it has changed. */
function rebuilt(node: FieldSet, member: boolean, before: FieldSet, after: FieldSet): FieldSet | undefined {
  return before === after && member === isMember(node) ? node : nodeWith(member, after)
}

/** `left`, where `change` says what becomes of the steps that are in `right` too. Shares what stays. */
function combine(
  left: FieldSet,
  right: FieldSet,
  change: (one: FieldSet, other: FieldSet) => FieldSet | undefined,
): FieldSet {
  let changes: Map<PathElement, FieldSet | undefined> | undefined
  for (const element in right) {
    const [one, other] = [left[element], right[element]]
    if (element === SELF || one === undefined || other === undefined) continue
    const changed = change(one, other)
    if (changed !== one) (changes ??= new Map<PathElement, FieldSet | undefined>()).set(element, changed)
  }
  if (changes === undefined) return left
  const result: FieldSet = {}
  for (const element in left) {
    const node = changes.has(element) ? changes.get(element) : left[element]
    if (node !== undefined) result[element] = node
  }
  return result
}

/** Whether all of `left` is in `right`. */
export function isSubset(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true
  for (const element in left) {
    const [one, other] = [left[element], right[element]]
    if (element === SELF || one === undefined) continue
    if (other === undefined || (isMember(one) && !isMember(other)) || !isSubset(one, other)) return false
  }
  return true
}

const empties = new WeakMap<FieldSet, boolean>()

/**
 * Whether a set is empty, remembered: to look at a large one lists all of it, and what has changed is held against the
 * fields of each owner.
 */
function isKnownEmpty(set: FieldSet): boolean {
  let known = empties.get(set)
  if (known === undefined) empties.set(set, (known = isEmptySet(set)))
  return known
}

/** Takes as long as `left` is large, whatever `right` is. */
export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  if (isKnownEmpty(right)) return right
  const result: FieldSet = {}
  eachElement(left, (element, one) => {
    const other = right[element]
    if (other === undefined) return
    const isIn = isMember(one) && (other[SELF] !== undefined || isKnownEmpty(other))
    const both = nodeWith(isIn, intersection(one, other))
    if (both !== undefined) result[element] = both
  })
  return result
}

/** Calls `visit` for each path, in the order of FieldsV1, as long as it answers true. It is one list that changes. */
export function eachPath(set: FieldSet, visit: (path: readonly PathElement[]) => boolean): void {
  const path: PathElement[] = []
  let goesOn = true
  const within = (element: PathElement, act: () => void): void => {
    path.push(element)
    act()
    path.pop()
  }
  const walk = (sorted: FieldSet): void => {
    eachElement(sorted, (element, inner) => {
      if (goesOn && isMember(inner)) within(element, () => (goesOn = visit(path)))
    })
    eachElement(sorted, (element, inner) => {
      if (goesOn && hasChildren(inner)) within(element, () => walk(inner))
    })
  }
  walk(sortSet(set))
}

/** How many paths there are. */
export function countPaths(set: FieldSet): number {
  let count = 0
  eachElement(set, (_element, inner) => {
    count += (isMember(inner) ? 1 : 0) + (inner === LEAF ? 0 : countPaths(inner))
  })
  return count
}

export function isSameSet(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true
  let size = 0
  for (const element in left) {
    size++
    const [one, other] = [left[element], right[element]]
    if (one === undefined || other === undefined || !isSameSet(one, other)) return false
  }
  for (const _element in right) size--
  return size === 0
}

/** Sets that were made in order, all the way down: to look again is what costs. */
const madeInOrder = new WeakSet<FieldSet>()

export function markSorted(set: FieldSet): FieldSet {
  if (set !== LEAF) madeInOrder.add(set)
  return set
}

/** The same set with its steps in the order in which FieldsV1 has them; the very set when it is so. */
export function sortSet(set: FieldSet): FieldSet {
  if (madeInOrder.has(set)) return set
  let isSorted = true
  let previous: PathElement | undefined
  let changed: Map<PathElement, FieldSet> | undefined
  for (const element in set) {
    if (previous !== undefined && isSorted && compareElements(previous, element) > 0) isSorted = false
    previous = element
    const node = set[element]
    if (node === undefined || isEmptySet(node)) continue
    const sorted = sortSet(node)
    if (sorted !== node) (changed ??= new Map<PathElement, FieldSet>()).set(element, sorted)
  }
  if (isSorted && changed === undefined) return set
  const result: FieldSet = {}
  const elements = isSorted ? Object.keys(set) : sortElements(Object.keys(set))
  for (const element of elements) result[element] = changed?.get(element) ?? set[element] ?? LEAF
  return result
}

/** In place. */
export function sortElements(elements: PathElement[]): PathElement[] {
  return elements.length < 2 ? elements : elements.sort(compareElements)
}

/** Deeper than any object that can be stored. */
const MAX_DEPTH = 500

/** A set as a client wrote it: steps made canonical, unknown kinds of steps dropped. @throws ValueError */
export function readFieldSet(value: unknown): FieldSet {
  return below(readNode(value, 0))
}

/** A step that is written twice is a member if one of them is, and has below it what the last one has that has anything. */
function writtenAgain(known: FieldSet, read: FieldSet): FieldSet {
  const isOne = isMember(known) || isMember(read)
  const inner = hasChildren(read) ? read : known
  // Both are in the making: nothing is copied, however often it is written.
  if (!isOne || inner === LEAF) return inner
  inner[SELF] = LEAF
  return inner
}

function readNode(value: unknown, depth: number): FieldSet {
  if (value === null || value === undefined) return LEAF
  if (!isJsonObject(value)) throw new ValueError('a set of fields is no JSON object')
  if (depth > MAX_DEPTH) throw new ValueError('exceeded max depth')
  const node: FieldSet = {}
  let isSelf = false
  for (const [key, inner] of Object.entries(value)) {
    if (key === SELF) {
      isSelf = true
      continue
    }
    const element = canonicalElement(key)
    if (element === undefined) continue
    const read = readNode(inner, depth + 1)
    const known = node[element]
    node[element] = known === undefined ? read : writtenAgain(known, read)
  }
  return nodeWith(isSelf || isEmptySet(node), node) ?? LEAF
}
