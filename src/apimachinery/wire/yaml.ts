/**
 * YAML bodies in, with the reading of sigs.k8s.io/yaml (YAML 1.1 as Go has it): yes, no, on and off are
 * booleans, `012` is octal, merge keys work; timestamps and base 60 stay text, so that `22:22` is a string. Only the
 * first document of a body counts. What comes out is plain JSON that shares nothing, however many aliases there were.
 */
import {
  CORE_SCHEMA, EVENT_ID, NOT_RESOLVED, YAMLException, constructFromEvents, defineScalarTag, mergeTag, parseEvents,
} from 'js-yaml'
import { MAX_INT64, MIN_INT64, int64, isInt64, type Int64 } from '../../lib/exact-json.ts'
import { cloneJson } from '../patch/json-value.ts'
import { findYamlDuplicates } from './yaml-duplicates.ts'

/** A body that is no YAML, or none that can become JSON. The message is `yaml: line 3: …`. */
export class YamlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'YamlError'
  }
}

/** Nesting of collections: far beyond any object, well within the stack. */
const MAX_DEPTH = 500
/** Merged keys and aliases of one body: each is work that its length does not show. */
const MAX_MERGED_KEYS = 10_000
const MAX_ALIASES = 10_000
/** Values that aliases may multiply a document to: where goyaml calls aliasing excessive. */
const MAX_EXPANDED_VALUES = 100_000
const EXCESSIVE_ALIASING = 'yaml: document contains excessive aliasing'

const TRUE_WORDS: readonly string[] = ['true', 'True', 'TRUE', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']
const FALSE_WORDS: readonly string[] = ['false', 'False', 'FALSE', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']

const boolTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'tTyYoOfFnN'],
  resolve: (source) => {
    if (TRUE_WORDS.includes(source)) return true
    return FALSE_WORDS.includes(source) ? false : NOT_RESOLVED
  },
  identify: (data) => typeof data === 'boolean',
})

/** Sign, then binary, octal in both spellings, hexadecimal or decimal; underscores between digits. */
const INTEGER = /^([-+]?)(?:0b([01_]+)|0o?([0-7_]+)|0x([0-9a-fA-F_]+)|(0|[1-9][0-9_]*))$/

const intTag = defineScalarTag<Int64>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'-+0123456789'],
  resolve: (source) => {
    const match = INTEGER.exec(source)
    if (match === null) return NOT_RESOLVED
    const [, sign, binary, octal, hexadecimal, decimal] = match
    const value = binary !== undefined ? parseDigits(binary, '0b')
      : octal !== undefined ? parseDigits(octal, '0o')
        : hexadecimal !== undefined ? parseDigits(hexadecimal, '0x')
          : parseDigits(decimal ?? '', '')
    if (value === undefined) return NOT_RESOLVED
    return wholeNumber(sign === '-' ? -value : value)
  },
  identify: isInt64,
})

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
/** As Go prints them. */
const GO_VALUES: Readonly<Record<string, string>> = { '-.inf': '-Inf', '.nan': 'NaN' }
const FLOAT = /^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/

const floatTag = defineScalarTag<number>('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: [...'-+.0123456789'],
  resolve: (source) => {
    if (NO_JSON_NUMBER.test(source)) throw new YamlError(`json: unsupported value: ${GO_VALUES[source.toLowerCase()] ?? '+Inf'}`)
    const value = FLOAT.test(source) ? Number(source.replaceAll('_', '')) : Number.NaN
    // Goyaml takes what no float64 holds for a text.
    return Number.isFinite(value) ? value : NOT_RESOLVED
  },
  identify: (data) => typeof data === 'number',
})

const SCHEMA = CORE_SCHEMA.withTags(boolTag, intTag, floatTag, mergeTag)

/**
 * The first document of `text` as JSON. `onDuplicate` is told each key that a mapping has twice
 * (`line 11: key "foo" already set in map`); the last one counts. @throws YamlError
 */
export function readYaml(text: string, onDuplicate?: (complaint: string) => void): unknown {
  try {
    const events = parseEvents(text, { maxDepth: MAX_DEPTH })
    const [value] = constructFromEvents(events, {
      source: text, schema: SCHEMA, json: true, maxTotalMergeKeys: MAX_MERGED_KEYS, maxAliases: MAX_ALIASES,
    })
    if (onDuplicate !== undefined) findYamlDuplicates(text, events, onDuplicate)
    if (!events.some(({ type }) => type === EVENT_ID.ALIAS)) return value ?? null
    checkExpansion(value)
    return cloneJson(value)
  } catch (error) {
    throw asYamlError(error)
  }
}

function asYamlError(error: unknown): unknown {
  if (!(error instanceof YAMLException)) return error
  if (error.reason.includes('maxAliases')) return new YamlError(EXCESSIVE_ALIASING)
  const line = error.mark === undefined ? '' : `line ${String(error.mark.line + 1)}: `
  return new YamlError(`yaml: ${line}${error.reason}`)
}

/** Refuses what aliases blow up, or tie into a circle, without ever building it. */
function checkExpansion(document: unknown): void {
  const sizes = new Map<object, number>()
  const sizeOf = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 1
    const known = sizes.get(value)
    if (known === Number.POSITIVE_INFINITY) throw new YamlError('yaml: anchor value contains itself')
    if (known !== undefined) return known
    sizes.set(value, Number.POSITIVE_INFINITY)
    let size = 1
    for (const inner of Object.values(value)) size += sizeOf(inner)
    sizes.set(value, size)
    return size
  }
  if (sizeOf(document) > MAX_EXPANDED_VALUES) throw new YamlError(EXCESSIVE_ALIASING)
}

/** How strict decoding names duplicates: one error of several lines. */
export function formatYamlDuplicates(complaints: readonly string[]): string {
  return `yaml: unmarshal errors:\n${complaints.map((complaint) => `  ${complaint}`).join('\n')}`
}

/** Several documents, as clients (never the API) read them. Empty ones are left out. @throws YamlError */
export function readYamlDocuments(text: string): unknown[] {
  try {
    const documents = constructFromEvents(parseEvents(text, { maxDepth: MAX_DEPTH }), {
      source: text, schema: SCHEMA, maxTotalMergeKeys: MAX_MERGED_KEYS, maxAliases: MAX_ALIASES,
    })
    return documents.filter((document) => document !== null && document !== undefined).map((document) => {
      checkExpansion(document)
      return cloneJson(document)
    })
  } catch (error) {
    throw asYamlError(error)
  }
}
