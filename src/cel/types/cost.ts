/**
 * Costs and sizes of an estimate: numbers of 64 bits without a sign, as Go counts them. They are JavaScript's own
 * numbers as long as that is exact, and bigints beyond; a sum or a product that does not fit is the largest there is.
 */
export type Cost = number | bigint

/** No size or cost is larger: Go's `math.MaxUint64`. */
export const MAX_COST = 2n ** 64n - 1n

function saturated(value: bigint): Cost {
  if (value > MAX_COST) return MAX_COST
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

/** Of what is more than anything, Go keeps the last 64 bits. */
export function wrapped(value: bigint): Cost {
  return saturated(BigInt.asUintN(64, value))
}

export function addCosts(one: Cost, other: Cost): Cost {
  if (typeof one === 'number' && typeof other === 'number') {
    const sum = one + other
    if (sum <= Number.MAX_SAFE_INTEGER) return sum
  }
  return saturated(BigInt(one) + BigInt(other))
}

export function multiplyCosts(one: Cost, other: Cost): Cost {
  if (typeof one === 'number' && typeof other === 'number') {
    const product = one * other
    if (product <= Number.MAX_SAFE_INTEGER) return product
  }
  return saturated(BigInt(one) * BigInt(other))
}

/** As a float, rounded up. */
export function scaleCost(cost: Cost, factor: number): Cost {
  return roundedUp(Number(cost) * factor)
}

/** @param divisor not 0 */
export function divideCosts(cost: Cost, divisor: Cost): Cost {
  return roundedUp(Number(cost) / Number(divisor))
}

function roundedUp(value: number): Cost {
  const whole = Math.ceil(value)
  return whole <= Number.MAX_SAFE_INTEGER ? whole : whole < 2 ** 64 ? BigInt(whole) : MAX_COST
}

export const minCost = (one: Cost, other: Cost): Cost => (other < one ? other : one)
export const maxCost = (one: Cost, other: Cost): Cost => (other > one ? other : one)
