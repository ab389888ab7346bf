/**
 * The work that a pattern causes, charged to the evaluation it is done for. Upstream charges by the lengths of pattern
 * and text; that covers `FREE_STEPS` steps per unit, which ordinary patterns do not exceed. Counted repetitions
 * (`(a{100}){9}`) cost upstream nothing extra and take hundreds of times as long: what is beyond is charged as well.
 */

/** Steps that a unit of cost pays for. */
const FREE_STEPS = 40
/** Steps beyond them that cost a unit: a budget of a million lasts about a second. */
const STEPS_PER_UNIT = 15
/** Of each search, besides. */
const BASE_STEPS = 4000
/** Steps between two charges. */
const BATCH = 4096

export class Work {
  readonly #charge: (cost: number) => void
  /** Below zero: to be charged. */
  #left: number

  /** `paid`: what upstream charges for the search. */
  constructor(charge: (cost: number) => void, paid: number) {
    this.#charge = charge
    this.#left = BASE_STEPS + FREE_STEPS * paid
  }

  steps(count: number): void {
    this.#left -= count
    if (this.#left > -BATCH) return
    this.#charge(Math.ceil(-this.#left / STEPS_PER_UNIT))
    this.#left = 0
  }
}

/** Work that nobody pays for: constants, and tests. */
export const unpaid = (): Work => new Work(() => {}, Number.MAX_SAFE_INTEGER)
