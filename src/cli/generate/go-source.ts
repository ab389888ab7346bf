/**
 * Reads struct declarations out of Go source, enough for the API's types.go files: which fields a struct has on
 * the wire, their Go types, and whether they are printed when empty. It knows the Go of those files, not Go. Used
 * by extract-facts.ts only; what it finds is bare facts, no sentence of the source is kept.
 */
export interface GoField {
  /** Wire name; '' for an inlined struct. */
  readonly name: string
  /** Go's own name; '' for an embedded struct. */
  readonly declared: string
  /** Go type as written, without a leading `*`. */
  readonly type: string
  readonly isPointer: boolean
  readonly omitsEmpty: boolean
  readonly omitsZero: boolean
  /** Number in protobuf; undefined for what does not travel there. */
  readonly protobufNumber: number | undefined
  /** What `+default=` says: JSON, or `ref(Constant)`. */
  readonly defaultText: string | undefined
}

export interface GoPackage {
  readonly structs: ReadonlyMap<string, readonly GoField[]>
  /** `type PodPhase string` → PodPhase: string */
  readonly named: ReadonlyMap<string, string>
  /** Types that are marked `+enum`. */
  readonly enums: ReadonlySet<string>
  readonly constants: readonly GoConstant[]
}

/** `PodPending PodPhase = "Pending"` */
export interface GoConstant {
  readonly name: string
  readonly type: string
  /** A Go literal, or another constant's name. */
  readonly value: string
}

const STRUCT = /^type (\w+) struct \{$/
const NAMED = /^(?:type )?\t?(\w+) (string|\[\]\S+|map\[\S+\]\S+|u?int\d*|[\w.]+)$/
const FIELD = /^\t(?:(\w+)\s+)?(\*?)([\w.[\]*]+)\s+`([^`]*)`/
const JSON_TAG = /json:"([^"]*)"/
const PROTOBUF_TAG = /protobuf:"\w+,(\d+)/
/** `Name Type = "value"`, `Name = Type("value")` or `Name = Type(other.Name)`. */
const CONSTANT = /^(?:const |\t)(\w+)(?:\s+(\w+))?\s*=\s*(?:(\w+)\()?("(?:[^"\\]|\\.)*"|\w+\.\w+)/
const COMMENT = /^\s*\/\//
const MARKER = /^\s*\/\/ ?\+(\w+)(?:=(.*))?$/

export function readGoPackage(sources: readonly string[]): GoPackage {
  const structs = new Map<string, readonly GoField[]>()
  const named = new Map<string, string>()
  const enums = new Set<string>()
  const constants: GoConstant[] = []
  for (const source of sources) {
    let current: GoField[] | undefined
    /** Of the comment above the line. */
    let markers = new Map<string, string>()
    for (const line of source.split('\n')) {
      const [, marker, said = ''] = MARKER.exec(line) ?? []
      if (marker !== undefined) markers.set(marker, said)
      if (COMMENT.test(line)) continue
      const opened = STRUCT.exec(line)
      if (opened?.[1] !== undefined) {
        current = []
        structs.set(opened[1], current)
      } else if (line === '}') {
        current = undefined
      } else if (current !== undefined) {
        const field = readField(line, markers.get('default'))
        if (field !== undefined) current.push(field)
      } else {
        const alias = line.startsWith('type ') ? NAMED.exec(line.replace(/\s*\/\/.*$/, '')) : null
        if (alias?.[1] !== undefined && alias[2] !== undefined) named.set(alias[1], alias[2])
        if (alias?.[1] !== undefined && markers.has('enum')) enums.add(alias[1])
        const [, name, declared, converted, value] = CONSTANT.exec(line) ?? []
        const type = declared ?? converted
        if (name !== undefined && type !== undefined && value !== undefined) constants.push({ name, type, value })
      }
      markers = new Map()
    }
  }
  return { structs, named, enums, constants }
}

function readField(line: string, defaultText: string | undefined): GoField | undefined {
  const found = FIELD.exec(line)
  if (found === null) return undefined
  const [, declared, star, type, tags] = found
  const tag = JSON_TAG.exec(tags ?? '')?.[1]
  if (tag === undefined || type === undefined || tag === '-') return undefined
  const [name = '', ...options] = tag.split(',')
  // An embedded struct without a name of its own is inlined, whatever the tag says.
  const number = PROTOBUF_TAG.exec(tags ?? '')?.[1]
  const isInlined = name === '' || (declared === undefined && options.includes('inline'))
  return {
    name: isInlined ? '' : name,
    declared: declared ?? '',
    type,
    isPointer: star === '*',
    omitsEmpty: options.includes('omitempty'),
    omitsZero: options.includes('omitzero'),
    protobufNumber: number === undefined ? undefined : Number(number),
    defaultText,
  }
}
