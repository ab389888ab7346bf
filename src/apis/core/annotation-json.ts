/**
 * Lists that stood in annotations before they were fields: JSON that upstream reads into its internal types, whose
 * fields have no JSON names, so that Go's encoding/json takes them in any case (`key`, `Key`, `KEY`). What is of a wrong
 * type is told in its words, the first such value only.
 */
import { isInt64 } from '../../lib/exact-json.ts'
import { goKind, isJsonObject, setField } from '../../apimachinery/patch/json-value.ts'
import { JsonError, readJson } from '../../apimachinery/wire/json.ts'

/** A struct of Go: the name of its type, and of each field its Go name and type. Fields are texts but for int64. */
export interface GoStruct {
  readonly type: string
  readonly fields: Readonly<Record<string, string>>
}

/** Nothing, where they are not set; other fields are empty texts. */
const POINTERS = ['int64', 'metav1.Time']

export class AnnotationError {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** @throws AnnotationError */
export function readAnnotationJson(text: string): unknown {
  try {
    return readJson(text)
  } catch (error) {
    throw error instanceof JsonError ? new AnnotationError(error.message) : error
  }
}

/** `where`: `value`, or `struct field X.y`. */
export function mismatch(value: unknown, where: string, goType: string): AnnotationError {
  // A number that is none of that sort is quoted.
  const said = typeof value === 'number' && goType === 'int64' ? `number ${String(value)}` : goKind(value)
  return new AnnotationError(`json: cannot unmarshal ${said} into Go ${where} of type ${goType}`)
}

function fits(value: unknown, goType: string): boolean {
  if (value === null) return true
  return goType === 'int64' ? isInt64(value) : typeof value === 'string'
}

function wireName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function readStruct(value: unknown, { type, fields }: GoStruct): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const [name, goType] of Object.entries(fields)) if (!POINTERS.includes(goType)) read[wireName(name)] = ''
  if (value === null) return read
  if (!isJsonObject(value)) throw mismatch(value, 'value', `core.${type}`)
  const byName = new Map(Object.keys(fields).map((name) => [name.toLowerCase(), name]))
  for (const [key, entry] of Object.entries(value)) {
    const name = byName.get(key.toLowerCase())
    const goType = name === undefined ? undefined : fields[name]
    if (name === undefined || goType === undefined) continue
    if (!fits(entry, goType)) throw mismatch(entry, `struct field ${type}.${name}`, goType)
    if (entry !== null) setField(read, wireName(name), entry)
  }
  return read
}

/** Fields come out with their names of the wire. @throws AnnotationError */
export function readAnnotationList(text: string, struct: GoStruct): Record<string, unknown>[] {
  const list = readAnnotationJson(text)
  if (list === null) return []
  if (!Array.isArray(list)) throw mismatch(list, 'value', `[]core.${struct.type}`)
  return list.map((item) => readStruct(item, struct))
}
