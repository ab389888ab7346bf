/**
 * YAML as values of JSON, from the parser's nodes, as upstream reads it: go-yaml v2 into maps of anything (decode.go,
 * resolve.go), of which sigs.k8s.io/yaml makes JSON (convertToJSONableObject). Tags tell scalars apart, and say nothing
 * of collections; merged keys take the place of earlier ones; what an alias stands for is read anew each time.
 */
import { MAX_INT64, int64, isNumeric } from '../../../lib/exact-json.ts'
import { fitsInt64, goFloat32 } from '../../../lib/go-number.ts'
import { byKey } from '../../../lib/order.ts'
import { setField, type JsonObject } from '../../patch/json-value.ts'
import { decodeUtf8 } from '../utf8.ts'
import { goSyntax } from './go-syntax.ts'
import { YAML_TAGS, isMerge, type Node } from './parser.ts'
import { resolvePlain, type Resolved } from './resolve.ts'

/** What cannot become JSON, in go-yaml's words. */
export class YamlFault extends Error {}

const RESOLVABLE: ReadonlySet<string> = new Set(
  ['', ...['str', 'bool', 'int', 'float', 'null', 'timestamp'].map((name) => YAML_TAGS + name)])

/** Of go-yaml: aliases may make up this much of what is read, less of what is very much. */
const [SMALL_READS, LARGE_READS] = [400_000, 4_000_000]
const [MOST_OF_SMALL, MOST_OF_LARGE] = [0.99, 0.1]

function allowedByAliases(reads: number): number {
  const beyond = Math.min(Math.max(reads - SMALL_READS, 0), LARGE_READS - SMALL_READS)
  return MOST_OF_SMALL - (MOST_OF_SMALL - MOST_OF_LARGE) * (beyond / (LARGE_READS - SMALL_READS))
}

/** What tells a key from others of its map: whole numbers and floats are different ones. */
type Identity = Resolved['value']

function identityOf({ tag, value }: Resolved): Identity {
  return tag === 'float' ? `float ${String(value)}` : value
}

interface WrongKey {
  readonly type: string
  readonly map: JsonObject
  readonly identity: Identity
  readonly keyNode: Node
  readonly valueNode: Node
}

/** One reading of a document. `onDuplicate` is told of keys given twice. */
export class YamlValues {
  readonly #onDuplicate: ((complaint: string) => void) | undefined
  readonly #isUntyped: boolean
  /** Aliases that are being read. */
  readonly #reading = new Set<Node>()
  #reads = 0
  #readsByAliases = 0
  #hasInfinite = false
  /** Keys that JSON has not, of which nothing is said before all has been read. */
  readonly #wrongKeys = new Map<string, WrongKey>()
  /** Maps that have such keys, numbered. */
  readonly #wrongMaps = new Map<JsonObject, number>()

  constructor(onDuplicate?: (complaint: string) => void, isUntyped = false) {
    this.#onDuplicate = onDuplicate
    this.#isUntyped = isUntyped
  }

  /** @throws YamlFault */
  document(node: Node): unknown {
    const value = this.#read(node)
    if (this.#wrongKeys.size > 0) this.#refuseKeys(value)
    if (this.#hasInfinite) refuseInfinite(value)
    return value
  }

  /** @throws NoJson for the first wrong key of a map that no other value has taken the place of */
  #refuseKeys(value: unknown): void {
    const kept = new Set<unknown>()
    const keep = (inner: unknown): void => {
      if (typeof inner !== 'object' || inner === null) return
      kept.add(inner)
      Object.values(inner).forEach(keep)
    }
    keep(value)
    const wrong = [...this.#wrongKeys.values()].find(({ map }) => kept.has(map))
    if (wrong !== undefined) throw wrongKeyError(wrong)
  }

  #read(node: Node): unknown {
    switch (node.kind) {
      case 'scalar':
        return this.#number(this.#scalar(node))
      case 'list':
        this.#count()
        return node.children.map((child) => this.#read(child))
      case 'map': {
        this.#count()
        const map: JsonObject = {}
        this.#readMap(node, map, new Set())
        return map
      }
      case 'alias':
        return this.#alias(node, (target) => this.#read(target))
    }
  }

  #count(): void {
    this.#reads += 1
    if (this.#reading.size > 0) this.#readsByAliases += 1
    const isMuch = this.#readsByAliases > 100 && this.#reads > 1000
    if (isMuch && this.#readsByAliases / this.#reads > allowedByAliases(this.#reads)) {
      throw new YamlFault('document contains excessive aliasing')
    }
  }

  #alias<T>(node: Node, read: (target: Node) => T): T {
    this.#count()
    if (this.#reading.has(node)) throw new YamlFault(`anchor '${node.text}' value contains itself`)
    this.#reading.add(node)
    const [target = node] = node.children
    const value = read(target)
    this.#reading.delete(node)
    return value
  }

  #scalar(node: Node): Resolved {
    this.#count()
    return scalarOf(node)
  }

  /**
   * Once it has become JSON, nothing tells a whole number that was written as a float; and who reads JSON makes a float
   * of what no int64 holds.
   */
  #number({ tag, value }: Resolved): Resolved['value'] {
    if (this.#isUntyped && typeof value === 'bigint' && value > MAX_INT64) return Number(value)
    if (tag !== 'float' || typeof value !== 'number') return value
    if (!Number.isFinite(value)) this.#hasInfinite = true
    return fitsInt64(value) ? int64(BigInt(value)) : value
  }

  /** Into `map`, whose keys so far are `seen`. */
  #readMap({ children }: Node, map: JsonObject, seen: Set<Identity>): void {
    for (let at = 0; at + 1 < children.length; at += 2) {
      const [keyNode, valueNode] = [children[at], children[at + 1]]
      if (keyNode === undefined || valueNode === undefined) return
      if (isMerge(keyNode)) {
        this.#merge(valueNode, map, seen)
        continue
      }
      const key = this.#key(keyNode)
      const identity = identityOf(key)
      const type = wrongTypeOf(key)
      if (type !== undefined) this.#addWrongKey({ type, map, identity, keyNode, valueNode })
      const value = this.#read(valueNode)
      // What is not a number is no other one, either.
      if (seen.has(identity) && !Number.isNaN(key.value)) {
        this.#onDuplicate?.(`line ${String(valueNode.line)}: key ${goSyntax(keyNode, scalarOf)} already set in map`)
      }
      seen.add(identity)
      setField(map, textOfKey(key), value)
    }
  }

  #key(node: Node): Resolved {
    if (node.kind === 'alias') return this.#alias(node, (target) => this.#key(target))
    if (node.kind === 'scalar') return this.#scalar(node)
    this.#read(node)
    throw new YamlFault(`invalid map key: ${goSyntax(node, scalarOf)}`)
  }

  /** The last value counts, as it does of all keys. */
  #addWrongKey(wrong: WrongKey): void {
    const number = this.#wrongMaps.get(wrong.map) ?? this.#wrongMaps.size
    this.#wrongMaps.set(wrong.map, number)
    this.#wrongKeys.set(`${String(number)} ${String(wrong.identity)}`, wrong)
  }

  /** Of several maps the earlier ones count more, and are read last. */
  #merge(node: Node, map: JsonObject, seen: Set<Identity>): void {
    if (node.kind !== 'list') return this.#mergeMap(node, map, seen)
    for (const child of node.children.toReversed()) this.#mergeMap(child, map, seen)
  }

  #mergeMap(node: Node, map: JsonObject, seen: Set<Identity>): void {
    const [target = node] = node.kind === 'alias' ? node.children : []
    if (target.kind !== 'map') throw new YamlFault('map merge requires map or sequence of maps as the value')
    const read = (merged: Node): void => {
      this.#count()
      this.#readMap(merged, map, seen)
    }
    if (node.kind === 'alias') this.#alias(node, read)
    else read(node)
  }
}

/** The Go type of a key that JSON cannot have: nothing, or an integer that only fits without a sign. */
function wrongTypeOf({ tag, value }: Resolved): string | undefined {
  if (value === null) return '%!s(<nil>)'
  return tag === 'int' && !isInt64Value(value) ? 'uint64' : undefined
}

function wrongKeyError({ type, keyNode, valueNode }: WrongKey): NoJson {
  const [key, value] = [goSyntax(keyNode, scalarOf), goSyntax(valueNode, scalarOf)]
  return new NoJson(`unsupported map key of type: ${type}, key: ${key}, value: ${value}`)
}

/** As JSON has it. */
function textOfKey({ tag, value }: Resolved): string {
  if (tag !== 'float' || typeof value !== 'number') return String(value)
  return NAMES[String(Math.fround(value))] ?? goFloat32(value)
}

function scalarOf({ tag, text, isPlain }: Node): Resolved {
  const said = tag.slice(YAML_TAGS.length)
  if (tag === '' && !isPlain) return { tag: 'str', value: text }
  if (tag === `${YAML_TAGS}binary`) return { tag: 'str', value: binary(text) }
  if (!RESOLVABLE.has(tag) || said === 'str') return { tag: 'str', value: text }
  const found = resolvePlain(text, tag === '' || said === 'timestamp')
  if (tag === '' || said === found.tag) return found
  const isWhole = found.tag === 'int' && isInt64Value(found.value)
  if (said === 'float' && isWhole) return { tag: 'float', value: Number(found.value) }
  throw new YamlFault(`cannot decode !!${found.tag} \`${text}\` as a !!${said}`)
}

function isInt64Value(value: Resolved['value']): boolean {
  return isNumeric(value) && value <= MAX_INT64
}

function binary(text: string): string {
  try {
    const bytes = text.replaceAll(/[\r\n]/g, '')
    // Go wants the padding, and no spaces.
    if (bytes.length % 4 !== 0 || /\s/.test(bytes)) throw new RangeError('no whole groups')
    return decodeUtf8(Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))).text
  } catch {
    throw new YamlFault('!!binary value contains invalid base64 data')
  }
}

/** Numbers that JSON has not, as keys; as Go prints them as values. */
const NAMES: Readonly<Record<string, string>> = { Infinity: '.inf', '-Infinity': '-.inf', NaN: '.nan' }
const VALUES: Readonly<Record<string, string>> = { Infinity: '+Inf', '-Infinity': '-Inf', NaN: 'NaN' }

/** @throws NoJson for the first number that JSON has not, in the order in which Go writes it */
function refuseInfinite(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new NoJson(`json: unsupported value: ${VALUES[String(value)] ?? ''}`)
  }
  if (typeof value !== 'object' || value === null) return
  // Keys that are whole numbers come first in an object, however they are put there.
  const inner = Array.isArray(value) ? value : Object.entries(value).toSorted(byKey).map(([, field]): unknown => field)
  inner.forEach(refuseInfinite)
}

/** What is YAML, but none that JSON can be made of: told without saying so. */
export class NoJson extends YamlFault {}
