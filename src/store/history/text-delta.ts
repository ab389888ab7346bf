/**
 * A text as pieces of another one: what is common at both ends, then common blocks wherever they moved to, and the rest
 * literally. Made for two states of one object, which differ in a few places far apart (resourceVersion near the front,
 * status at the end). Knows nothing of JSON, though the delta itself is written as a JSON array: an offset and a length
 * for a piece of the base, a string for what the base does not have.
 */

/** Shorter common pieces are cheaper written out than as two numbers, and common by chance. */
const BLOCK = 16

/**
 * Middles over this are kept literally: looking for blocks takes some 100 ns a character, and a turn must stay short.
 */
const MAX_MIDDLE = 256 * 1024

type Piece = number | string

/** `applyDelta(base, encodeDelta(base, target)) === target`, whatever the two texts are. */
export function encodeDelta(base: string, target: string): string {
  const front = commonFront(base, target)
  const back = commonBack(base, target, front)
  const pieces: Piece[] = []
  if (front > 0) pieces.push(0, front)
  appendMiddle(pieces, base, front, base.length - back, target.slice(front, target.length - back))
  if (back > 0) pieces.push(base.length - back, back)
  return JSON.stringify(pieces)
}

/** Throws when the delta was not made against `base`. */
export function applyDelta(base: string, delta: string): string {
  const pieces = JSON.parse(delta) as readonly Piece[]
  let target = ''
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index]
    if (typeof piece === 'string') {
      target += piece
      continue
    }
    index += 1
    const length = pieces[index]
    if (typeof piece !== 'number' || typeof length !== 'number' || piece + length > base.length) {
      throw new Error('the delta belongs to another text')
    }
    target += base.slice(piece, piece + length)
  }
  return target
}

function commonFront(base: string, target: string): number {
  const limit = Math.min(base.length, target.length)
  let length = 0
  while (length < limit && base.charCodeAt(length) === target.charCodeAt(length)) length += 1
  return length
}

function commonBack(base: string, target: string, front: number): number {
  const limit = Math.min(base.length, target.length) - front
  let length = 0
  while (
    length < limit &&
    base.charCodeAt(base.length - 1 - length) === target.charCodeAt(target.length - 1 - length)
  ) {
    length += 1
  }
  return length
}

/** Pieces for `middle`, whose counterpart in the base is [from, to). */
function appendMiddle(pieces: Piece[], base: string, from: number, to: number, middle: string): void {
  const blocks = middle.length > MAX_MIDDLE || to - from > MAX_MIDDLE ? undefined : blocksOf(base, from, to)
  let literal = 0
  for (let at = 0; blocks !== undefined && at + BLOCK <= middle.length;) {
    const found = blocks.get(middle.slice(at, at + BLOCK))
    if (found === undefined) {
      at += 1
      continue
    }
    let before = 0
    while (at - before > literal && found - before > from && middle[at - before - 1] === base[found - before - 1])
      before += 1
    let length = BLOCK
    while (at + length < middle.length && found + length < to && middle[at + length] === base[found + length])
      length += 1
    if (at - before > literal) pieces.push(middle.slice(literal, at - before))
    pieces.push(found - before, before + length)
    at += length
    literal = at
  }
  if (literal < middle.length) pieces.push(middle.slice(literal))
}

/** Every aligned block of base[from, to) with where it is; the first of equal ones. */
function blocksOf(base: string, from: number, to: number): Map<string, number> {
  const blocks = new Map<string, number>()
  for (let at = from; at + BLOCK <= to; at += BLOCK) {
    const block = base.slice(at, at + BLOCK)
    if (!blocks.has(block)) blocks.set(block, at)
  }
  return blocks
}
