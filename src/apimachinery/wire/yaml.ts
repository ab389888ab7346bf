/**
 * YAML bodies in, with the reading of sigs.k8s.io/yaml (YAML 1.1 as Go has it): yes, no, on and off are
 * booleans, `012` is octal, merge keys work; timestamps and base 60 stay text, so that `22:22` is a string. Only the
 * first document of a body counts. What comes out is plain JSON that shares nothing, however many aliases there were.
 */
import { YAMLException, parseEvents, type Event } from 'js-yaml'
import { MAX_INT64, MIN_INT64, int64, type Int64 } from '../../lib/exact-json.ts'
import { controlFault, yamlSyntaxError } from './yaml-syntax-error.ts'
import { NoJson, YamlFault, YamlValues, documentsOf, hasLongKey, type Resolved } from './yaml-values.ts'

/** A body that is no YAML, or none that can become JSON. The message is `yaml: line 3: …`. */
export class YamlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'YamlError'
  }
}

/** Nesting of collections: far beyond any object, well within the stack. */
const MAX_DEPTH = 500

const NULL_WORDS: readonly string[] = ['', '~', 'null', 'Null', 'NULL']
const TRUE_WORDS: readonly string[] = ['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']
const FALSE_WORDS: readonly string[] = ['false', 'False', 'FALSE', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']

/** Sign, then binary, octal in both spellings, hexadecimal or decimal; underscores between digits. */
const INTEGER = /^([-+]?)(?:0b([01_]+)|0o?([0-7_]+)|0x([0-9a-fA-F_]+)|(0|[1-9][0-9_]*))$/

function wholeOf(text: string): Int64 | undefined {
  const match = INTEGER.exec(text)
  if (match === null) return undefined
  const [, sign, binary, octal, hexadecimal, decimal] = match
  const value = binary !== undefined ? parseDigits(binary, '0b')
    : octal !== undefined ? parseDigits(octal, '0o')
      : hexadecimal !== undefined ? parseDigits(hexadecimal, '0x')
        : parseDigits(decimal ?? '', '')
  return value === undefined ? undefined : wholeNumber(sign === '-' ? -value : value)
}

/** undefined where there are no digits. */
function parseDigits(digits: string, prefix: string): bigint | undefined {
  const plain = digits.replaceAll('_', '')
  return plain === '' ? undefined : BigInt(`${prefix}${plain}`)
}

/** What does not fit into 64 bits is a float, as it is once YAML has become JSON. */
function wholeNumber(value: bigint): Int64 {
  return value > MAX_INT64 || value < MIN_INT64 ? Number(value) : int64(value)
}

const NO_JSON_NUMBER = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/
const GO_VALUES: Readonly<Record<string, number>> = { '-.inf': Number.NEGATIVE_INFINITY, '.nan': Number.NaN }
const FLOAT = /^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/

/** What a plain text is. Timestamps and base 60 stay text. */
function resolvePlain(text: string): Resolved {
  if (NULL_WORDS.includes(text)) return { tag: 'null', value: null }
  if (TRUE_WORDS.includes(text)) return { tag: 'bool', value: true }
  if (FALSE_WORDS.includes(text)) return { tag: 'bool', value: false }
  const whole = wholeOf(text)
  if (whole !== undefined) return { tag: 'int', value: whole }
  if (NO_JSON_NUMBER.test(text)) return { tag: 'float', value: GO_VALUES[text.toLowerCase()] ?? Number.POSITIVE_INFINITY }
  const value = FLOAT.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  // Goyaml takes what no float64 holds for a text.
  if (!Number.isFinite(value)) return { tag: 'str', value: text }
  // Once it has become JSON, nothing tells a whole number that was written as a float.
  return { tag: 'float', value: Number.isInteger(value) ? wholeNumber(BigInt(value)) : value }
}

const BYTE_ORDER_MARK = '\ufeff'
/** What ends a line as well in YAML 1.1, wherever it is; the parser knows only YAML 1.2. */
export const NEXT_LINE = '\u0085'

/**
 * The first document of `body` as JSON. `onDuplicate` is told each key that a mapping has twice
 * (`line 11: key "foo" already set in map`); the last one counts. @throws YamlError
 */
export function readYaml(body: string, onDuplicate?: (complaint: string) => void): unknown {
  const marked = body.startsWith(BYTE_ORDER_MARK) ? body.slice(1) : body
  const text = marked.includes(NEXT_LINE) ? marked.replaceAll(NEXT_LINE, '\n') : marked
  try {
    const control = controlFault(text)
    if (control !== undefined) throw new YamlFault(control)
    const [document] = documentsOf(text, eventsOf(text), 1)
    if (document === undefined) return null
    // The parser does not mind how long a key is.
    if (hasLongKey(document)) refuseFault(text)
    return new YamlValues(resolvePlain, onDuplicate).read(document)
  } catch (error) {
    throw asYamlError(error)
  }
}

/** Upstream reads no further than the first document: what is wrong behind it is nobody's concern. */
function eventsOf(text: string): Event[] {
  if (SUSPECT.test(text)) refuseFault(text)
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH })
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason.startsWith(TOO_DEEP)) throw error
    refuseFault(text)
    return parseEvents(firstDocumentOf(text, error), { maxDepth: MAX_DEPTH })
  }
}

/** What the parser takes, and go-yaml may not: directives, tabs at the beginning of a line, escapes of some characters. */
const SUSPECT = /^(?:%| *\t)|\\(?:\/|u[dD][89a-fA-F]|U)/m

/** @throws YamlFault for what go-yaml refuses */
function refuseFault(text: string): void {
  const fault = yamlSyntaxError(text)
  if (fault !== undefined) throw new YamlFault(fault)
}

const DOCUMENT_MARK = /^(?:---|\.\.\.)(?=\s|$)/gm
/** Comments and directives, which say nothing. */
const UNSAID = /^(?:\s*(?:#.*)?|%.*)$/

function firstDocumentOf(text: string, { reason, mark }: YAMLException): string {
  if (reason === AFTER_DOCUMENT && mark !== undefined) return text.slice(0, offsetOf(text, mark))
  for (const { index, 0: written } of text.matchAll(DOCUMENT_MARK)) {
    const before = text.slice(0, index)
    if (written === '...' || !before.split('\n').every((line) => UNSAID.test(line))) return before
  }
  return text
}

const AFTER_DOCUMENT = 'end of the stream or a document separator is expected'

function offsetOf(text: string, { line, column }: { readonly line: number; readonly column: number }): number {
  let start = 0
  for (let at = 0; at < line; at++) start = text.indexOf('\n', start) + 1
  return start + column
}

function asYamlError(error: unknown): unknown {
  if (error instanceof NoJson) return new YamlError(error.message)
  if (error instanceof YamlFault) return new YamlError(`yaml: ${error.message}`)
  if (!(error instanceof YAMLException)) return error
  const line = error.mark === undefined ? '' : `line ${String(error.mark.line + 1)}: `
  return new YamlError(`yaml: ${line}${error.reason}`)
}

const TOO_DEEP = 'nesting exceeded'

/** How strict decoding names duplicates: one error of several lines. */
export function formatYamlDuplicates(complaints: readonly string[]): string {
  return `yaml: unmarshal errors:\n${complaints.map((complaint) => `  ${complaint}`).join('\n')}`
}

/** Several documents, as clients (never the API) read them. Empty ones are left out. @throws YamlError */
export function readYamlDocuments(text: string): unknown[] {
  try {
    return documentsOf(text, parseEvents(text, { maxDepth: MAX_DEPTH })).flatMap((document) => {
      const value = document === undefined ? null : new YamlValues(resolvePlain).read(document)
      return value === null ? [] : [value]
    })
  } catch (error) {
    throw asYamlError(error)
  }
}
