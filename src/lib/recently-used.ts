/**
 * What was used lately, up to a size of all together: the one used longest ago goes first. The one that was kept last
 * stays, however large it is.
 */
export class RecentlyUsed<Value> {
  readonly #maxSize: number
  readonly #sizeOf: (value: Value) => number
  /** In the order of their use. */
  readonly #byKey = new Map<string, Value>()
  #size = 0

  constructor(maxSize: number, sizeOf: (value: Value) => number) {
    this.#maxSize = maxSize
    this.#sizeOf = sizeOf
  }

  /** How much is kept. */
  get size(): number {
    return this.#size
  }

  get(key: string): Value | undefined {
    const value = this.#byKey.get(key)
    if (value === undefined) return undefined
    this.#byKey.delete(key)
    this.#byKey.set(key, value)
    return value
  }

  keep(key: string, value: Value): void {
    this.drop(key)
    this.#byKey.set(key, value)
    this.#size += this.#sizeOf(value)
    for (const oldest of this.#byKey.keys()) {
      if (this.#size <= this.#maxSize || oldest === key) break
      this.drop(oldest)
    }
  }

  drop(key: string): void {
    const value = this.#byKey.get(key)
    if (value === undefined) return
    this.#byKey.delete(key)
    this.#size -= this.#sizeOf(value)
  }
}
