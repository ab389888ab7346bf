/**
 * Which items of a list came before, told in one go: lists come from whoever sends them, and looking each one up among
 * those before it takes as long as the square of their number.
 */

/** To be asked of every item once, in order: whether the same was there already. */
export function repeats(): (item: unknown) => boolean {
  const seen = new Set<unknown>()
  return (item) => {
    const isKnown = seen.has(item)
    seen.add(item)
    return isKnown
  }
}
