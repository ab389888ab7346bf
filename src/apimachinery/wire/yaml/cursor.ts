/**
 * Where go-yaml's scanner is in a text: the character there, its line and its column (scannerc.go, skip and skip_line).
 * Characters are UTF-16 units: what stands before an indentation is never more than spaces and signs of ASCII.
 */
import type { YamlText } from './reader.ts'

/** What is wrong, as go-yaml says it. */
export class YamlSyntaxError extends Error {}

/** What `classOf` tells of a character. */
export const BLANK = 1
export const BREAK = 2
export const END = 4
export const BREAK_OR_END = BREAK | END
export const BLANK_OR_END = BLANK | BREAK | END

/** The code of the character behind the last one. */
export const NUL = 0
const [TAB, SPACE, LINE_FEED, RETURN, NEXT_LINE] = [0x09, 0x20, 0x0a, 0x0d, 0x85]
const [LINE_SEPARATOR, PARAGRAPH_SEPARATOR] = [0x2028, 0x2029]
const [DASH, DOT] = [0x2d, 0x2e]

const CLASSES = new Uint8Array(0x100)
CLASSES[NUL] = END
for (const blank of [TAB, SPACE]) CLASSES[blank] = BLANK
for (const end of [LINE_FEED, RETURN, NEXT_LINE]) CLASSES[end] = BREAK

export function classOf(code: number): number {
  if (code < CLASSES.length) return CLASSES[code] ?? 0
  return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR ? BREAK : 0
}

export class YamlCursor {
  readonly text: string
  at = 0
  line = 0
  #lineStart = 0
  readonly #fault: string | undefined

  constructor({ text, fault }: YamlText) {
    this.text = text
    this.#fault = fault
  }

  get column(): number {
    return this.at - this.#lineStart
  }

  /** The character `ahead` of the place. @throws YamlSyntaxError where it cannot be read */
  code(ahead = 0): number {
    return this.codeAt(this.at + ahead)
  }

  /** Past the character here; the one behind it. */
  next(): number {
    this.at += 1
    return this.codeAt(this.at)
  }

  codeAt(offset: number): number {
    return offset < this.text.length ? this.text.charCodeAt(offset) : this.#behind()
  }

  #behind(): number {
    if (this.#fault !== undefined) throw new YamlSyntaxError(this.#fault)
    return NUL
  }

  is(classes: number, ahead = 0): boolean {
    return (classOf(this.codeAt(this.at + ahead)) & classes) !== 0
  }

  skipBlanks(): void {
    while (this.is(BLANK)) this.at++
  }

  skipToBreak(): void {
    while (!this.is(BREAK_OR_END)) this.at++
  }

  /** Past the break here; what it is in a text. */
  break(): string {
    const code = this.code()
    this.at += code === RETURN && this.code(1) === LINE_FEED ? 2 : 1
    this.line += 1
    this.#lineStart = this.at
    return code === LINE_SEPARATOR || code === PARAGRAPH_SEPARATOR ? String.fromCharCode(code) : '\n'
  }

  /** The end of the text, which ends a line as well. */
  endLine(): void {
    if (this.column > 0) this.line += 1
    this.#lineStart = this.at
  }

  /** Whether a document begins or ends here: `---` or `...` on its own. */
  isDocumentMark(): boolean {
    if (this.at !== this.#lineStart) return false
    const sign = this.code()
    if (sign !== DASH && sign !== DOT) return false
    return this.code(1) === sign && this.code(2) === sign && this.is(BLANK_OR_END, 3)
  }

  /** Lines count from 1 here, where they count at all: nothing is said of the first. */
  error(problem: string): YamlSyntaxError {
    return new YamlSyntaxError(this.line === 0 ? problem : `line ${String(this.line + 1)}: ${problem}`)
  }
}
