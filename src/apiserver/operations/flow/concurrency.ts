/**
 * How many requests of each level run at once: nominal limits in proportion to their shares, and the borrowing between
 * levels by what each has needed lately (KEP-1040; k8s.io/apiserver
 * pkg/util/flowcontrol/{apf_controller,conc_alloc}.go). Pure.
 */
import type { V1PriorityLevelConfiguration } from '../../../apis/generated/types.ts'

export interface SeatLimits {
  readonly nominal: number
  /** What it keeps when others borrow, and what it may have when it borrows. */
  readonly min: number
  readonly max: number
}

export function sharesOf({ spec }: V1PriorityLevelConfiguration): number {
  return (spec?.limited ?? spec?.exempt)?.nominalConcurrencyShares ?? 0
}

/** Rounded up, so that a level with any share runs something. */
export function seatLimits(level: V1PriorityLevelConfiguration, shareSum: number, seats: number): SeatLimits {
  const nominal = shareSum === 0 ? 0 : Math.ceil((seats * sharesOf(level)) / shareSum)
  const { limited, exempt } = level.spec ?? {}
  const percent = (value: number): number => Math.round((nominal * value) / 100)
  const lendable = percent((limited ?? exempt)?.lendablePercent ?? 0)
  const borrowing = limited?.borrowingLimitPercent
  return {
    nominal,
    min: nominal - lendable,
    max: nominal + (borrowing === undefined ? seats : percent(borrowing)),
  }
}

/** What a level needed since it was last looked at. */
export interface Demand {
  readonly highest: number
  readonly average: number
  readonly deviation: number
  /** Smoothed: at least the recent average and its deviation, falling slowly. */
  readonly smoothed: number
}

export interface Borrower {
  readonly limits: SeatLimits
  readonly isExempt: boolean
  readonly demand: Pick<Demand, 'highest' | 'smoothed'>
}

/** How the seats are shared out at a moment; lists are in the order of the levels. */
export interface Allocation {
  /** The current limit of each. Exempt ones are not limited: theirs is what they take from the rest. */
  readonly limits: readonly number[]
  /** What each would need. */
  readonly targets: readonly number[]
  /** What part of their targets all get; 0 where there is not even what they need at the least. */
  readonly fairFraction: number
}

export function borrowedLimits(levels: readonly Borrower[]): Allocation {
  const nominalSum = levels.reduce((sum, { limits }) => sum + limits.nominal, 0)
  const lower = levels.map(({ limits, isExempt, demand }) =>
    Math.max(limits.min, isExempt ? demand.highest : Math.min(limits.nominal, demand.highest)),
  )
  let left = nominalSum
  let [minSum, lowerSum] = [0, 0]
  for (const [index, { isExempt, limits }] of levels.entries()) {
    if (isExempt) left -= lower[index] ?? 0
    else {
      minSum += limits.min
      lowerSum += lower[index] ?? 0
    }
  }
  const scale = left <= minSum ? 0 : left <= lowerSum ? (left - minSum) / (lowerSum - minSum) : undefined
  // What exempt levels take is not taken from what is shared out here, as upstream has it.
  const fair = scale === undefined ? fairFraction(levels, lower, nominalSum) : 0
  const limits = levels.map((level, index) => {
    const least = lower[index] ?? 0
    const { isExempt, limits } = level
    if (isExempt) return least
    if (scale !== undefined) return limits.min + Math.round((least - limits.min) * scale)
    return Math.round(allocation(level, least, fair))
  })
  const targets = levels.map(({ demand }, index) => Math.max(lower[index] ?? 0, demand.smoothed))
  return { limits, targets, fairFraction: fair }
}

const MIN_TARGET = 0.001

function allocation({ limits, demand }: Borrower, least: number, fair: number): number {
  const target = Math.max(MIN_TARGET, least, demand.smoothed)
  return Math.max(least, Math.min(limits.max, fair * target))
}

/** By halving: what all get grows with the fraction, and there are few levels. */
function fairFraction(levels: readonly Borrower[], lower: readonly number[], wanted: number): number {
  let [low, high] = [0, (wanted + 1) / MIN_TARGET]
  for (let step = 0; step < 64; step++) {
    const middle = (low + high) / 2
    const sum = levels.reduce(
      (total, level, index) => total + (level.isExempt ? 0 : allocation(level, lower[index] ?? 0, middle)),
      0,
    )
    if (sum < wanted) low = middle
    else high = middle
  }
  return high
}
