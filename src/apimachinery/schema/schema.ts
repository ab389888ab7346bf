/**
 * Schemas as the walker reads them: a tree of nodes with one node a type, built on first use from the compact structure
 * that the generator writes (src/cli/generate/generated-text.ts describes its words). A custom resource's JSON schema
 * becomes the same nodes. Knows the shapes of Go's JSON, and no kind.
 */
export type ScalarShape =
  | 'string'
  | 'int32'
  | 'int64'
  | 'double'
  | 'boolean'
  | 'time'
  | 'microTime'
  | 'intOrString'
  | 'bytes'
  | 'quantity'
  /** Any JSON, kept as it is. */
  | 'any'
  /** Any JSON, kept in its very letters (wire/raw/raw-json.ts). */
  | 'raw'

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly shape: ScalarShape
  /** The Go type that error messages name: `int32`, `v1.Protocol`. */
  readonly goType: string
  /** An object is of that type after all, and what is none must be a boolean or a list of them (JSON schemas). */
  readonly either?: { readonly struct: () => StructNode; readonly other: 'boolean' | 'list' }
}

export interface ListNode {
  readonly kind: 'list'
  readonly item: SchemaNode
  readonly goType: string
}

export interface MapNode {
  readonly kind: 'map'
  readonly value: SchemaNode
  readonly goType: string
}

export interface StructNode {
  readonly kind: 'struct'
  /** The model's name, `V1PodSpec`; '' for an anonymous one. */
  readonly type: string
  /** The struct's name in Go, which error messages name: `PodSpec`. */
  readonly goName: string
  readonly goType: string
  readonly fields: ReadonlyMap<string, Field>
  /** The fields that are printed even when nothing is set. */
  readonly always: readonly Field[]
  /** Fields that are not declared stay (x-kubernetes-preserve-unknown-fields). */
  readonly preservesUnknown: boolean
}

export type SchemaNode = ScalarNode | ListNode | MapNode | StructNode

export interface Field {
  readonly name: string
  /** As error messages name it: behind the struct of Go that is embedded there, if it is in one. */
  readonly goPath: string
  readonly node: SchemaNode
  /** An empty value is as good as none: Go's omitempty on anything but a pointer. */
  readonly dropsEmpty: boolean
  /** Always printed; null rather than the zero value when not set. */
  readonly isNullable: boolean
  /** Known, and dropped without a word: its feature is switched off. */
  readonly isDropped: boolean
}

export interface Schema {
  /** Throws when there is no such type: types come from our own tables. */
  structOf(type: string): StructNode
  hasType(type: string): boolean
  /** The type inside a field, below lists and maps; undefined for scalars and unknown fields. */
  fieldType(type: string, field: string): string | undefined
}

/** Of the fields of a type, those that are in a struct of Go's which is embedded in it: these, or all but those. */
export interface EmbeddedStruct {
  readonly goName: string
  readonly fields?: readonly string[]
  readonly allBut?: readonly string[]
}

function goPathOf(name: string, embedded: readonly EmbeddedStruct[] = []): string {
  const home = embedded.find(({ fields, allBut }) => fields?.includes(name) ?? allBut?.includes(name) === false)
  return home === undefined ? name : `${home.goName}.${name}`
}

const SHAPES: Readonly<Record<string, readonly [ScalarShape, string]>> = {
  s: ['string', 'string'],
  i: ['int32', 'int32'],
  l: ['int64', 'int64'],
  d: ['double', 'float64'],
  b: ['boolean', 'bool'],
  t: ['time', 'v1.Time'],
  m: ['microTime', 'v1.MicroTime'],
  x: ['intOrString', 'intstr.IntOrString'],
  y: ['bytes', '[]uint8'],
  q: ['quantity', 'resource.Quantity'],
  a: ['any', 'interface {}'],
  r: ['raw', 'runtime.RawExtension'],
}

/** name, presence, shape, Go type. */
const WORD = /^([^?!~:=]+)([?!~]?)(?::([^=]+))?(?:=(.+))?$/
/** `CoreV1Event` is Event of a package called v1. */
const MODEL_NAME = /^(?:[A-Z][a-z]+)?(V\d+)(.+)$/

function eitherNode(struct: () => StructNode, other: 'boolean' | 'list'): ScalarNode {
  return { kind: 'scalar', shape: 'any', goType: 'interface {}', either: { struct, other } }
}

/** `map[string]v1.Extra` → `v1.Extra`; a map type of its own does not say. */
function entryType(goType: string | undefined): string | undefined {
  return goType?.startsWith('map[') === true ? goType.slice(goType.indexOf(']') + 1) : undefined
}

/** `droppedFields`: type → fields that are decoded and dropped. `embedded`: type → its embedded structs. */
export function createSchema(
  structure: Readonly<Record<string, string>>,
  droppedFields: Readonly<Record<string, readonly string[]>> = {},
  embedded: Readonly<Record<string, readonly EmbeddedStruct[]>> = {},
): Schema {
  const structs = new Map<string, StructNode>()
  const hasType = (type: string): boolean => Object.hasOwn(structure, type)

  function structOf(type: string): StructNode {
    const known = structs.get(type)
    if (known !== undefined) return known
    if (!hasType(type)) throw new Error(`the schema has no type ${type}`)
    const fields = new Map<string, Field>()
    const always: Field[] = []
    const [, version = 'V1', goName = type] = MODEL_NAME.exec(type) ?? []
    const goType = `${version.toLowerCase()}.${goName}`
    const node: StructNode = { kind: 'struct', type, goName, goType, fields, always, preservesUnknown: false }
    // Registered before its fields are read: JSONSchemaProps holds itself.
    structs.set(type, node)
    for (const word of (structure[type] ?? '').split(' ')) {
      const [, name = '', presence = '', shape = 's', fieldGoType] = WORD.exec(word) ?? []
      if (name === '') continue
      const field = {
        name,
        goPath: goPathOf(name, embedded[type]),
        node: nodeOf(shape, fieldGoType),
        dropsEmpty: presence === '',
        isNullable: presence === '~',
        isDropped: droppedFields[type]?.includes(name) ?? false,
      }
      fields.set(name, field)
      if (presence === '!' || presence === '~') always.push(field)
    }
    return node
  }

  function nodeOf(shape: string, goType: string | undefined): SchemaNode {
    if (shape.startsWith('[]')) {
      const item = nodeOf(shape.slice(2), goType?.startsWith('[]') === true ? goType.slice(2) : undefined)
      return { kind: 'list', item, goType: goType ?? `[]${item.goType}` }
    }
    if (shape.startsWith('{}')) {
      const value = nodeOf(shape.slice(2), entryType(goType))
      return { kind: 'map', value, goType: goType ?? `map[string]${value.goType}` }
    }
    const [other = '', either] = shape.split('|')
    if (either !== undefined) {
      return eitherNode(() => structOf(either), other === 'b' ? 'boolean' : 'list')
    }
    const scalar = SHAPES[shape]
    if (scalar === undefined) return structOf(shape)
    return { kind: 'scalar', shape: scalar[0], goType: goType ?? scalar[1] }
  }

  return {
    structOf,
    hasType,
    fieldType(type, field) {
      let node = hasType(type) ? structOf(type).fields.get(field)?.node : undefined
      while (node?.kind === 'list' || node?.kind === 'map') node = node.kind === 'list' ? node.item : node.value
      return node?.kind === 'struct' ? node.type : undefined
    },
  }
}
