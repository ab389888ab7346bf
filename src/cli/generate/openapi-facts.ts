/**
 * Facts that the OpenAPI v2 document tells: merge keys, patch strategies, list and map types of fields, and what kinds
 * are served with which verbs. GA groups only.
 */
interface Property {
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
}

interface Shape {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly items?: Shape
  readonly additionalProperties?: Shape
}

interface Definition extends Property {
  readonly properties?: Readonly<Record<string, Property & Shape>>
}

interface Operation {
  readonly 'x-kubernetes-action'?: string
  readonly 'x-kubernetes-group-version-kind'?: {
    readonly group: string
    readonly version: string
    readonly kind: string
  }
}

export interface OpenApiDocument {
  readonly definitions: Readonly<Record<string, Definition>>
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

export interface KindFact {
  readonly kind: string
  readonly scope: 'Namespaced' | 'Cluster'
  readonly verbs: readonly string[]
  /** Subresource → its verbs; connect verbs are left out. */
  readonly subresources: Record<string, readonly string[]>
}

/** model name → words `field`, then `list=…`, `keys=…`, `map=…`, `patch=…`, `merge=…` joined by `;`. */
export function mergeFactLines(
  { definitions }: OpenApiDocument,
  names: ReadonlyMap<string, string>,
): Record<string, string> {
  const table: Record<string, string> = {}
  for (const [definition, model] of names) {
    const { properties = {}, ...own } = definitions[definition] ?? {}
    const words = Object.entries({ '.': own, ...properties }).flatMap(([field, property]) => {
      const facts = factsOf(property)
      return facts.length === 0 ? [] : [[field, ...facts].join(';')]
    })
    if (words.length > 0) table[model] = words.toSorted().join(' ')
  }
  return table
}

function factsOf(property: Property): string[] {
  const facts: string[] = []
  const list = property['x-kubernetes-list-type']
  const keys = property['x-kubernetes-list-map-keys']
  const map = property['x-kubernetes-map-type']
  const strategy = property['x-kubernetes-patch-strategy']
  const mergeKey = property['x-kubernetes-patch-merge-key']
  if (list !== undefined) facts.push(`list=${list}`)
  if (keys !== undefined) facts.push(`keys=${keys.join(',')}`)
  if (map !== undefined) facts.push(`map=${map}`)
  if (strategy !== undefined) facts.push(`patch=${strategy}`)
  if (mergeKey !== undefined) facts.push(`merge=${mergeKey}`)
  return facts
}

const PATH = /^\/(?:api\/(v\d+)|apis\/([\w.-]+)\/(v\d+))\/(.+)$/

/** `group/version/resource` → what is served there. */
export function kindFacts({ paths }: OpenApiDocument): Record<string, KindFact> {
  const kinds: Record<
    string,
    { kind: string; scope: KindFact['scope']; verbs: string[]; subresources: Record<string, string[]> }
  > = {}
  for (const [path, operations] of Object.entries(paths)) {
    const [, coreVersion, group, version, rest = ''] = PATH.exec(path) ?? []
    const groupVersion = coreVersion === undefined ? `${group ?? ''}/${version ?? ''}` : `/${coreVersion}`
    if ((coreVersion ?? version) === undefined || rest.startsWith('watch/')) continue
    const inNamespace = rest.startsWith('namespaces/{namespace}/')
    const [resource = '', , subresource = ''] = rest.replace('namespaces/{namespace}/', '').split('/')
    for (const operation of Object.values(operations)) {
      const verb = verbOf(operation)
      const kind = operation['x-kubernetes-group-version-kind']?.kind
      if (verb === undefined || kind === undefined) continue
      const entry = (kinds[`${groupVersion}/${resource}`] ??= {
        kind: '',
        scope: 'Cluster',
        verbs: [],
        subresources: {},
      })
      if (inNamespace) entry.scope = 'Namespaced'
      if (subresource === '') entry.kind = kind
      const verbs = subresource === '' ? entry.verbs : (entry.subresources[subresource] ??= [])
      if (!verbs.includes(verb)) verbs.push(verb)
      // A watch is a list with a query parameter; the document has it as a deprecated path of its own.
      if (verb === 'list' && paths[path.replace(/^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\//, '$1/watch/')] !== undefined) {
        if (!verbs.includes('watch')) verbs.push('watch')
      }
    }
  }
  for (const entry of Object.values(kinds)) {
    entry.verbs.sort()
    for (const verbs of Object.values(entry.subresources)) verbs.sort()
  }
  return kinds
}

function verbOf(operation: Operation): string | undefined {
  switch (operation['x-kubernetes-action']) {
    case 'post':
      return 'create'
    case 'put':
      return 'update'
    case 'connect':
    case undefined:
      return undefined
    default:
      return operation['x-kubernetes-action']
  }
}

/** Definitions that are leaf values, by the letter of their shape (src/apimachinery/schema/schema.ts). */
const LEAF_SHAPES: Readonly<Record<string, string>> = {
  Time: 't',
  MicroTime: 'm',
  Quantity: 'q',
  IntOrString: 'x',
}

/** model name → one word a field, `name:shape`, sorted: what the generated structure must agree with. */
export function structureFacts(
  { definitions }: OpenApiDocument,
  names: ReadonlyMap<string, string>,
): Record<string, string> {
  const table: Record<string, string> = {}
  for (const [definition, model] of names) {
    const words = Object.entries(definitions[definition]?.properties ?? {}).map(
      ([field, shape]) => `${field}:${shapeWord(shape, definitions, names)}`,
    )
    if (words.length > 0) table[model] = words.toSorted().join(' ')
  }
  return table
}

function shapeWord(
  { type, format, $ref, items, additionalProperties }: Shape,
  definitions: OpenApiDocument['definitions'],
  names: ReadonlyMap<string, string>,
): string {
  if ($ref !== undefined) {
    const definition = $ref.slice('#/definitions/'.length)
    const leaf = LEAF_SHAPES[definition.slice(definition.lastIndexOf('.') + 1)]
    if (leaf !== undefined) return leaf
    // A definition without fields is raw JSON, or a struct that has none.
    return names.get(definition) !== undefined && definitions[definition]?.properties !== undefined
      ? (names.get(definition) ?? '')
      : 'a'
  }
  if (type === 'array') return `[]${items === undefined ? 'a' : shapeWord(items, definitions, names)}`
  if (additionalProperties !== undefined) return `{}${shapeWord(additionalProperties, definitions, names)}`
  switch (type) {
    case 'string':
      return format === 'byte' ? 'y' : 's'
    case 'integer':
      return format === 'int64' ? 'l' : 'i'
    case 'number':
      return 'd'
    case 'boolean':
      return 'b'
    default:
      return 'a'
  }
}
