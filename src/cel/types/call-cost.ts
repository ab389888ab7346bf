/**
 * What a call costs: before it runs, as a range from the sizes its arguments may have, and when it has run, from the
 * sizes they had.
 */
import { sizeOf, type Integer, type Value } from '../values/value.ts'
import { addCosts, MAX_COST, maxCost, minCost, multiplyCosts, scaleCost, type Cost } from './cost.ts'

export interface Range {
  readonly min: Cost
  readonly max: Cost
}

export const STRING_FACTOR = 0.1
export const REGEX_FACTOR = 0.25
export const LIST_COST = 10
export const MAP_COST = 30
export const STRUCT_COST = 40

export const fixed = (value: Cost): Range => ({ min: value, max: value })
export const UNKNOWN_SIZE: Range = { min: 0, max: MAX_COST }
export const addRanges = (...all: Range[]): Range =>
  all.reduce((sum, { min, max }) => ({ min: addCosts(sum.min, min), max: addCosts(sum.max, max) }), fixed(0))
export const multiplyRanges = (one: Range, other: Range): Range => ({
  min: multiplyCosts(one.min, other.min),
  max: multiplyCosts(one.max, other.max),
})
export const joinRanges = (one: Range, other: Range): Range => ({
  min: minCost(one.min, other.min),
  max: maxCost(one.max, other.max),
})
/** Rounded up. */
export const scaleRange = ({ min, max }: Range, factor: number): Range => ({
  min: scaleCost(min, factor),
  max: scaleCost(max, factor),
})

/** The arguments of a call (the target first), as an estimate sees them. */
export interface EstimatedArguments {
  readonly count: number
  size(index: number): Range
  /** Of the elements of a list; undefined if the argument is no list. */
  elementSize(index: number): { readonly size: Range; readonly isText: boolean } | undefined
  /** A literal integer. */
  integer(index: number): Integer | undefined
}

export interface Estimate {
  readonly cost: Range
  /** Of the result, where it is known. */
  readonly size?: Range
}

export interface CallCost {
  estimate(args: EstimatedArguments): Estimate
  actual(args: readonly Value[], result: Value): number
  /** Otherwise a call is charged before it runs, and `result` is null. */
  readonly dependsOnResult?: true
}

/** In proportion to the size of one argument. */
export function traversal(index: number, factor = STRING_FACTOR, keepsSize = false): CallCost {
  return {
    estimate: (args) => {
      const size = args.size(index)
      return { cost: scaleRange(size, factor), ...(keepsSize ? { size } : {}) }
    },
    actual: (args) => Math.ceil(argumentSize(args, index) * factor),
  }
}

/** A pattern applied to a text: the product of both lengths. */
export function patternSearch(text: number, pattern: number): CallCost {
  return {
    estimate: (args) => {
      const textCost = scaleRange(addRanges(args.size(text), fixed(1)), STRING_FACTOR)
      return { cost: multiplyRanges(textCost, scaleRange(args.size(pattern), REGEX_FACTOR)) }
    },
    actual: (args) =>
      Math.ceil((1 + argumentSize(args, text)) * STRING_FACTOR) *
      Math.ceil(argumentSize(args, pattern) * REGEX_FACTOR),
  }
}

export const constantCost = (cost: number): CallCost => ({
  estimate: () => ({ cost: fixed(cost) }),
  actual: () => cost,
})

export function argumentSize(args: readonly Value[], index: number): number {
  return sizeOf(args[index] ?? null)
}
