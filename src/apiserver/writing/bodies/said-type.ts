/**
 * What a body says that it is. Upstream looks for that before it decodes, with a reader of its own, which takes names
 * in any case, and of several the last (k8s.io/apimachinery pkg/runtime/serializer/json/meta.go, Interpret).
 */
import { ascending } from '../../../lib/order.ts'
import { goKind, isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import { Members, entriesOf } from '../../../apimachinery/wire/json-members.ts'

export interface SaidType {
  /** Empty: nothing is said. */
  readonly apiVersion: string
  readonly kind: string
}

export const TYPE_ERROR = "couldn't get version/kind; json parse error"
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/**
 * What `value` says, parsed or read to the letter; a text: why that cannot be told. `isMap`: upstream has made a map of
 * it, whose names are in order.
 */
export function saidTypeOf(value: unknown, isMap = false): SaidType | string {
  if (!isJsonObject(value) && !(value instanceof Members)) {
    return `${TYPE_ERROR}: json: cannot unmarshal ${goKind(value)} into Go value of type ${TYPE_META}`
  }
  const said = { apiVersion: '', kind: '' }
  for (const [name, text] of isMap ? entriesOf(value).toSorted(byName) : entriesOf(value)) {
    const field = fieldOf(name)
    if (field === undefined || text === null || text === undefined) continue
    if (typeof text !== 'string') {
      return `${TYPE_ERROR}: json: cannot unmarshal ${goKind(text)} into Go struct field .${field} of type string`
    }
    said[field] = text
  }
  return said
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return ascending(one, other)
}

const FIELDS = ['apiVersion', 'kind'] as const

function fieldOf(name: string): keyof SaidType | undefined {
  return FIELDS.find((field) => field === name || (field.length === name.length && folded(field) === folded(name)))
}

/** As Go folds the case of names: the long s and the sign of Kelvin are letters, too. */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase()
}
