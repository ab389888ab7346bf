/** What a piece of work costs in this process, in CPU time. */

/** Iterations until code is compiled, and of one measurement; of those the fastest counts, being the least disturbed. */
const WARM_UP = 20_000
const ITERATIONS = 2_000
const ROUNDS = 15

export function cpuUsOf(work: () => unknown): number {
  for (let n = 0; n < WARM_UP; n++) work()
  let leastUs = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let n = 0; n < ITERATIONS; n++) work()
    const { user, system } = process.cpuUsage(before)
    leastUs = Math.min(leastUs, (user + system) / ITERATIONS)
  }
  return leastUs
}
