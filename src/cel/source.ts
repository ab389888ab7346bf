/**
 * The text of an expression and what is wrong with it. Positions are code points, because that is what messages
 * count; the notation (`ERROR: <input>:1:5: …`, the line, a caret below) is cel-go's (common/error.go, errors.go), since
 * the messages of CustomResourceDefinitions and admission policies quote it.
 */
export interface Issue {
  /** Code points from the start, or one of the places that are none. */
  readonly offset: number
  readonly message: string
}

/** Of what was never read: it is shown before the first character. */
export const BEFORE_START = -1
/** Of what concerns no place: no line is shown. */
export const NOWHERE = -2

/** Beyond it the rest is counted only. */
const MAX_ISSUES = 100
/** Of a line shown under a message, in bytes. */
const MAX_SNIPPET_BYTES = 16_384
const DESCRIPTION = '<input>'

interface Location {
  readonly line: number
  readonly column: number
}

export class Source {
  readonly codePoints: readonly string[]
  readonly #lines: readonly string[]
  readonly #lineStarts: readonly number[]
  readonly text: string

  constructor(text: string) {
    this.text = text
    this.codePoints = [...text]
    this.#lines = text.split('\n')
    const starts: number[] = [0]
    for (const [index, character] of this.codePoints.entries()) if (character === '\n') starts.push(index + 1)
    this.#lineStarts = starts
  }

  slice(start: number, end: number): string {
    return this.codePoints.slice(start, end).join('')
  }

  #locate(offset: number): Location {
    if (offset === NOWHERE) return { line: -1, column: -1 }
    let line = this.#lineStarts.length
    while (line > 1 && (this.#lineStarts[line - 1] ?? 0) > offset) line -= 1
    return { line, column: offset - (this.#lineStarts[line - 1] ?? 0) }
  }

  #format({ offset, message }: Issue): string {
    // Nothing has no first character, so upstream points before it, and shows no line.
    if (this.text === '') return `ERROR: ${DESCRIPTION}:1:0: ${message}`
    const { line, column } = this.#locate(offset)
    const head = `ERROR: ${DESCRIPTION}:${String(line)}:${String(column + 1)}: ${message}`
    const snippet = this.#lines[line - 1]
    if (snippet === undefined || new TextEncoder().encode(snippet).length > MAX_SNIPPET_BYTES) return head
    const shown = snippet.replaceAll('\t', ' ')
    return `${head}\n | ${shown}\n | ${caretLine([...shown], Math.max(0, column))}`
  }

  /** All of them, in the order of their places. */
  format(issues: readonly Issue[]): string {
    const shown = issues.slice(0, MAX_ISSUES).toSorted((one, other) => one.offset - other.offset)
    const lines = shown.map((issue) => this.#format(issue))
    if (issues.length > MAX_ISSUES) lines.push(`${String(issues.length - MAX_ISSUES)} more errors were truncated`)
    return lines.join('\n')
  }
}

/** Dots and a caret, in full width where the character above is more than a byte long. */
function caretLine(characters: readonly string[], column: number): string {
  const isWide = (character: string | undefined): boolean => (character?.codePointAt(0) ?? 0) >= 0x80
  const dots = characters.slice(0, column).map((character) => (isWide(character) ? '．' : '.'))
  return dots.join('') + (isWide(characters[column]) ? '＾' : '^')
}
