/**
 * YAML bodies in, with the reading of sigs.k8s.io/yaml (YAML 1.1 as Go has it): yes, no, on and off are
 * booleans, `012` is octal, merge keys work. Only the first document of a body counts, and what is wrong behind it is
 * nobody's concern. What comes out is plain JSON that shares nothing, however many aliases there were.
 */
import { YamlSyntaxError } from './yaml/cursor.ts'
import { YamlParser } from './yaml/parser.ts'
import { NoJson, YamlFault, YamlValues } from './yaml/values.ts'

/** A body that is no YAML, or none that can become JSON. The message is `yaml: line 3: …`. */
export class YamlError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'YamlError'
  }
}

/** What ends a line in YAML, and may stand in texts of JSON. */
export const YAML_BREAK = /[\u0085\u2028\u2029]/

/**
 * The first document of `body` as JSON. `onDuplicate` is told each key that a mapping has twice
 * (`line 11: key "foo" already set in map`); the last one counts. `body`: bytes where they are not known to be UTF-8.
 * `isUntyped`: nothing will read numbers by their type, so that whole ones beyond 2^63 are floats.
 * @throws YamlError
 */
export function readYaml(
  body: string | Uint8Array,
  onDuplicate?: (complaint: string) => void,
  isUntyped = false,
): unknown {
  try {
    const document = new YamlParser(body).document()
    return document === undefined ? null : new YamlValues(onDuplicate, isUntyped).document(document)
  } catch (error) {
    throw asYamlError(error)
  }
}

function asYamlError(error: unknown): unknown {
  if (error instanceof NoJson) return new YamlError(error.message)
  const isFault = error instanceof YamlFault || error instanceof YamlSyntaxError
  return isFault ? new YamlError(`yaml: ${error.message}`) : error
}

/** How strict decoding names duplicates: one error of several lines. */
export function formatYamlDuplicates(complaints: readonly string[]): string {
  return `yaml: unmarshal errors:\n${complaints.map((complaint) => `  ${complaint}`).join('\n')}`
}
