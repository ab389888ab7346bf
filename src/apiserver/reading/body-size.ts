/**
 * How long answers are, said by whoever makes their bodies, so that nobody has to look through them again: of texts in
 * characters, of what streams in bytes as they pass, in both cases before compression. Kept beside the answer, because
 * its size is known where it is made and its name (whose verb, which resource) only where it leaves.
 */

type Told = (size: number) => void

/** Of an answer that is still being made. */
export class StreamedSize {
  #size = 0
  #isEnded = false
  #told: Told | undefined

  add(bytes: number): void {
    this.#size += bytes
  }

  /** All has passed, or the client wants no more. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#told?.(this.#size)
  }

  whenEnded(told: Told): void {
    if (this.#isEnded) told(this.#size)
    else this.#told = told
  }
}

const sizes = new WeakMap<Response, number | StreamedSize>()

export function sized(answer: Response, size: number | StreamedSize): Response {
  sizes.set(answer, size)
  return answer
}

/** Tells how long `answer` is, once that is known; never, if nobody measures it. */
export function whenSized(answer: Response, told: Told): void {
  const size = answer.body === null ? 0 : sizes.get(answer)
  if (typeof size === 'number') told(size)
  else size?.whenEnded(told)
}
