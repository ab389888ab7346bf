/**
 * The work that an evaluation causes, where what is charged does not tell it: upstream takes 1 for the size of a text,
 * for one list behind another, for two lists that are equal, however long they are, and leaves it to the clock to end
 * a rule that does so for each of a hundred thousand items. No clock runs here while an evaluation does, and nothing
 * else does either. So who goes over a value says how far, and what is beyond all that was paid for is charged as well.
 */

/** About 5 ns each. What a unit of cost pays for, whatever it was charged for. */
const STEPS_PER_UNIT = 20
/** Of each evaluation, besides. */
const FREE_STEPS = 2000
/** Steps between two looks at what has been paid. */
const BATCH = 256

/** Whose evaluation it is. */
export interface Payer {
  /** Charged so far. */
  readonly cost: number
  charge(cost: number): void
}

/** Of the evaluation that runs; none: nobody pays. Evaluations never wait, so there is one at a time. */
interface Account {
  readonly payer: Payer | undefined
  done: number
  /** Where to look again. */
  next: number
}

const UNPAID: Account = { payer: undefined, done: 0, next: Number.POSITIVE_INFINITY }
let account = UNPAID

/** What is done in `act` is charged to `payer`, whose `charge` may throw. */
export function paidBy<T>(payer: Payer, act: () => T): T {
  const outer = account
  account = { payer, done: 0, next: FREE_STEPS }
  try {
    return act()
  } finally {
    account = outer
  }
}

export function work(steps: number): void {
  account.done += steps
  if (account.done > account.next) settle(account)
}

function settle(given: Account): void {
  const { payer } = given
  if (payer === undefined) return
  const missing = given.done - FREE_STEPS - STEPS_PER_UNIT * payer.cost
  given.next = given.done + Math.max(BATCH, -missing)
  if (missing > 0) payer.charge(Math.ceil(missing / STEPS_PER_UNIT))
}

/** Texts that are shorter are gone through in no time. */
const SHORT = 64

/** A text was gone through, letter by letter. */
export function workOn(text: { readonly length: number }): void {
  if (text.length > SHORT) work(text.length >> 3)
}
