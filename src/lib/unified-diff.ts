/**
 * The unified diff of two lists of lines, chosen as Python's difflib and its ports choose it: longest common run first,
 * and in long texts nothing that repeats often is taken for the beginning of a run.
 */
const CONTEXT_LINES = 3
/** From this length on, lines that make up more than a hundredth of the text are too common to begin a run. */
const POPULARITY_FROM_LINES = 200

/** Lines compared. Of texts with more differences the rest is one: to look for the smallest takes the square of them. */
const MAX_STEPS = 2_000_000

interface Run {
  readonly oldStart: number
  readonly newStart: number
  readonly size: number
}

interface Step {
  readonly tag: 'equal' | 'change'
  readonly oldStart: number
  readonly oldEnd: number
  readonly newStart: number
  readonly newEnd: number
}

function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [index, line] of lines.entries()) {
    const known = places.get(line)
    if (known === undefined) places.set(line, [index])
    else known.push(index)
  }
  if (lines.length < POPULARITY_FROM_LINES) return places
  const most = Math.floor(lines.length / 100) + 1
  return new Map([...places].filter(([, indexes]) => indexes.length <= most))
}

class Matcher {
  readonly #old: readonly string[]
  readonly #new: readonly string[]
  readonly #places: ReadonlyMap<string, readonly number[]>
  readonly runs: Run[] = []
  #stepsLeft = MAX_STEPS

  constructor(oldLines: readonly string[], newLines: readonly string[]) {
    this.#old = oldLines
    this.#new = newLines
    this.#places = placesOf(newLines)
    this.#match(0, oldLines.length, 0, newLines.length)
  }

  #match(oldFrom: number, oldTo: number, newFrom: number, newTo: number): void {
    const run = this.#longest(oldFrom, oldTo, newFrom, newTo)
    if (run.size === 0) return
    const [oldEnd, newEnd] = [run.oldStart + run.size, run.newStart + run.size]
    if (oldFrom < run.oldStart && newFrom < run.newStart) this.#match(oldFrom, run.oldStart, newFrom, run.newStart)
    this.runs.push(run)
    if (oldEnd < oldTo && newEnd < newTo) this.#match(oldEnd, oldTo, newEnd, newTo)
  }

  #longest(oldFrom: number, oldTo: number, newFrom: number, newTo: number): Run {
    let [oldStart, newStart, size] = [oldFrom, newFrom, 0]
    let lengths = new Map<number, number>()
    for (let index = oldFrom; index < oldTo && this.#stepsLeft > 0; index++) {
      const next = new Map<number, number>()
      const places = this.#places.get(this.#old[index] ?? '') ?? []
      this.#stepsLeft -= 1 + places.length
      for (const place of places) {
        if (place < newFrom || place >= newTo) continue
        const length = (lengths.get(place - 1) ?? 0) + 1
        next.set(place, length)
        if (length > size) [oldStart, newStart, size] = [index - length + 1, place - length + 1, length]
      }
      lengths = next
    }
    while (oldStart > oldFrom && newStart > newFrom && this.#old[oldStart - 1] === this.#new[newStart - 1]) {
      ;[oldStart, newStart, size] = [oldStart - 1, newStart - 1, size + 1]
    }
    const isSame = (): boolean => this.#old[oldStart + size] === this.#new[newStart + size]
    while (oldStart + size < oldTo && newStart + size < newTo && isSame()) size += 1
    return { oldStart, newStart, size }
  }
}

function stepsOf(oldLines: readonly string[], newLines: readonly string[]): Step[] {
  const steps: Step[] = []
  let [oldStart, newStart] = [0, 0]
  const end: Run = { oldStart: oldLines.length, newStart: newLines.length, size: 0 }
  for (const run of [...new Matcher(oldLines, newLines).runs, end]) {
    const isGap = oldStart < run.oldStart || newStart < run.newStart
    if (isGap) steps.push({ tag: 'change', oldStart, oldEnd: run.oldStart, newStart, newEnd: run.newStart })
    const [oldEnd, newEnd] = [run.oldStart + run.size, run.newStart + run.size]
    const last = steps.at(-1)
    if (run.size > 0 && last?.tag === 'equal') steps.splice(-1, 1, { ...last, oldEnd, newEnd })
    else if (run.size > 0) {
      steps.push({ tag: 'equal', oldStart: run.oldStart, oldEnd, newStart: run.newStart, newEnd })
    }
    ;[oldStart, newStart] = [oldEnd, newEnd]
  }
  return steps
}

/** The first or the last lines of a run that is equal. */
function head(step: Step, count: number): Step {
  const size = Math.min(count, step.oldEnd - step.oldStart)
  return { ...step, oldEnd: step.oldStart + size, newEnd: step.newStart + size }
}

function tail(step: Step, count: number): Step {
  const size = Math.min(count, step.oldEnd - step.oldStart)
  return { ...step, oldStart: step.oldEnd - size, newStart: step.newEnd - size }
}

function hunksOf(steps: readonly Step[]): Step[][] {
  const hunks: Step[][] = [[]]
  for (const [index, step] of steps.entries()) {
    const hunk = hunks.at(-1)
    if (step.tag === 'change') hunk?.push(step)
    else if (index === 0) hunk?.push(tail(step, CONTEXT_LINES))
    else if (index === steps.length - 1 || step.oldEnd - step.oldStart > 2 * CONTEXT_LINES) {
      hunk?.push(head(step, CONTEXT_LINES))
      if (index < steps.length - 1) hunks.push([tail(step, CONTEXT_LINES)])
    } else hunk?.push(step)
  }
  return hunks.filter((hunk) => hunk.some(({ tag }) => tag === 'change'))
}

function rangeOf(start: number, end: number): string {
  const length = end - start
  if (length === 1) return String(start + 1)
  return `${String(length === 0 ? start : start + 1)},${String(length)}`
}

/** Each line of the answer ends with a line feed; equal texts give nothing. */
export function unifiedDiff(oldText: string, newText: string): string {
  const [oldLines, newLines] = [oldText.split('\n'), newText.split('\n')]
  let diff = ''
  for (const hunk of hunksOf(stepsOf(oldLines, newLines))) {
    const [first, last] = [hunk[0], hunk.at(-1)]
    if (first === undefined || last === undefined) continue
    const [before, after] = [rangeOf(first.oldStart, last.oldEnd), rangeOf(first.newStart, last.newEnd)]
    diff += `@@ -${before} +${after} @@\n`
    for (const { tag, oldStart, oldEnd, newStart, newEnd } of hunk) {
      const removed = oldLines.slice(oldStart, oldEnd)
      diff += removed.map((line) => `${tag === 'equal' ? ' ' : '-'}${line}\n`).join('')
      if (tag === 'change') diff += newLines.slice(newStart, newEnd).map((line) => `+${line}\n`).join('')
    }
  }
  return diff
}
