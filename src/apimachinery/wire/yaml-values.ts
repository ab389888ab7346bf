/**
 * YAML as values of JSON, from the parser's events, as upstream reads it: go-yaml v2 into maps of anything (decode.go,
 * resolve.go), of which sigs.k8s.io/yaml makes JSON (convertToJSONableObject). Tags tell scalars apart, and say nothing
 * of collections; merged keys take the place of earlier ones; what an alias stands for is read anew each time.
 */
import { EVENT_ID, SCALAR_STYLE, getScalarValue, type Event } from 'js-yaml'
import { goFloat } from '../../lib/go-number.ts'
import type { Int64 } from '../../lib/exact-json.ts'
import { quote } from '../field-path.ts'
import { setField, type JsonObject } from '../patch/json-value.ts'

/** What cannot become JSON, in go-yaml's words. */
export class YamlFault extends Error {}

/** A plain scalar's value, and the tag that tells what it is. */
export interface Resolved {
  readonly tag: string
  readonly value: string | Int64 | boolean | null
}

export interface Node {
  readonly kind: 'scalar' | 'list' | 'map' | 'alias'
  /** From 1. */
  readonly line: number
  readonly tag: string
  readonly text: string
  /** Neither quoted nor tagged. */
  readonly isPlain: boolean
  /** Of a map keys and values in turn; of an alias what it stands for. */
  readonly children: Node[]
}

const YAML = 'tag:yaml.org,2002:'
const RESOLVABLE: ReadonlySet<string> = new Set(
  ['', ...['str', 'bool', 'int', 'float', 'null', 'timestamp'].map((name) => YAML + name)])

/** A key that may be longer as it is written than keys may be: each character takes ten at most. */
const SAFE_KEY_CHARACTERS = 100

/** Whether there is a key of which it has to be asked how long it is as it is written. */
export function hasLongKey({ kind, children }: Node): boolean {
  if (kind === 'alias') return false
  return children.some((child, at) =>
    (kind === 'map' && at % 2 === 0 && child.text.length > SAFE_KEY_CHARACTERS) || hasLongKey(child))
}

/** The nodes of each document in turn, up to the first `most`; undefined for one without. @throws YamlFault */
export function documentsOf(
  text: string,
  events: readonly Event[],
  most = Number.POSITIVE_INFINITY,
): (Node | undefined)[] {
  const lineAt = lineCounter(text)
  const documents: (Node | undefined)[] = []
  const open: OpenCollection[] = []
  let around: Around = { handles: new Map(), anchors: new Map() }
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      if (documents.length === most) break
      documents.push(undefined)
      const named = event.directives.flatMap((one) => (one.kind === 'tag' ? [[one.handle, one.prefix] as const] : []))
      around = { handles: new Map(named), anchors: new Map() }
    } else if (event.type === EVENT_ID.POP) open.pop()
    else {
      const outer = open.at(-1)
      const node = nodeOf(text, event, lineAt(startOf(event, outer?.keyStart ?? 0)), around)
      if (outer === undefined) documents[documents.length - 1] = node
      else addChild(outer, node, event)
      if (node.kind === 'list' || node.kind === 'map') open.push({ node, keyStart: 0 })
    }
  }
  return documents
}

interface OpenCollection {
  readonly node: Node
  /** Of a map: where its last key begins. */
  keyStart: number
}

function addChild(outer: OpenCollection, node: Node, event: NodeEvent): void {
  const { kind, children } = outer.node
  if (kind === 'map' && children.length % 2 === 0 && event.type === EVENT_ID.SCALAR) outer.keyStart = event.valueStart
  children.push(node)
}

/** What a document says of tags, and has named so far. */
interface Around {
  readonly handles: ReadonlyMap<string, string>
  readonly anchors: Map<string, Node>
}

function nodeOf(text: string, event: NodeEvent, line: number, { handles, anchors }: Around): Node {
  const anchor = event.anchorStart < 0 ? '' : text.slice(event.anchorStart, event.anchorEnd)
  if (event.type === EVENT_ID.ALIAS) {
    const target = anchors.get(anchor)
    if (target === undefined) throw new YamlFault(`unknown anchor '${anchor}' referenced`)
    return { kind: 'alias', line, tag: '', text: anchor, isPlain: false, children: [target] }
  }
  const tag = event.tagStart < 0 ? '' : tagName(text.slice(event.tagStart, event.tagEnd), handles)
  const isScalar = event.type === EVENT_ID.SCALAR
  const node: Node = {
    kind: isScalar ? 'scalar' : event.type === EVENT_ID.MAPPING ? 'map' : 'list',
    line,
    tag,
    text: isScalar ? getScalarValue(text, event) : '',
    isPlain: isScalar && (tag === '!' || (tag === '' && event.style === SCALAR_STYLE.PLAIN)),
    children: [],
  }
  if (anchor !== '') anchors.set(anchor, node)
  return node
}

function tagName(written: string, handles: ReadonlyMap<string, string>): string {
  if (written.startsWith('!<')) return decodeTag(written.slice(2, -1))
  const handle = written.slice(0, written.indexOf('!', 1) + 1) || '!'
  const prefix = handles.get(handle) ?? (handle === '!!' ? YAML : handle)
  return prefix + decodeTag(written.slice(handle.length))
}

function decodeTag(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>

/** Where a value begins, its anchor and tag included; a block's text is below what begins it. */
function startOf(event: NodeEvent, keyStart: number): number {
  const own = event.type === EVENT_ID.SCALAR ? (event.indent < 0 ? event.valueStart : -1)
    : event.type === EVENT_ID.ALIAS ? event.anchorStart : event.start
  const tag = 'tagStart' in event ? event.tagStart : -1
  const starts = [own, event.anchorStart, tag].filter((start) => start >= 0)
  return starts.length === 0 ? keyStart : Math.min(...starts)
}

/** Lines from 1, of offsets that never decrease. */
function lineCounter(text: string): (offset: number) => number {
  let [line, counted] = [1, 0]
  return (offset) => {
    for (let at = text.indexOf('\n', counted); at >= 0 && at < offset; at = text.indexOf('\n', counted)) {
      line++
      counted = at + 1
    }
    return line
  }
}

/** Of go-yaml: aliases may make up this much of what is read, less of what is very much. */
const [SMALL_READS, LARGE_READS] = [400_000, 4_000_000]
const [MOST_OF_SMALL, MOST_OF_LARGE] = [0.99, 0.1]

function allowedByAliases(reads: number): number {
  const beyond = Math.min(Math.max(reads - SMALL_READS, 0), LARGE_READS - SMALL_READS)
  return MOST_OF_SMALL - (MOST_OF_SMALL - MOST_OF_LARGE) * (beyond / (LARGE_READS - SMALL_READS))
}

type Key = string | Int64 | boolean | null

const MAX_UINT64 = 2 ** 64

/** One reading of a document. `resolve` tells what a plain text is; `onDuplicate` is told of keys given twice. */
export class YamlValues {
  readonly #resolve: (text: string) => Resolved
  readonly #onDuplicate: ((complaint: string) => void) | undefined
  /** Aliases that are being read. */
  readonly #reading = new Set<Node>()
  #reads = 0
  #readsByAliases = 0

  constructor(resolve: (text: string) => Resolved, onDuplicate?: (complaint: string) => void) {
    this.#resolve = resolve
    this.#onDuplicate = onDuplicate
  }

  /** `isKey`: what JSON has no number for has a name there. @throws YamlFault */
  read(node: Node, isKey = false): unknown {
    this.#count()
    switch (node.kind) {
      case 'scalar':
        return isKey ? this.#scalar(node) : finite(this.#scalar(node))
      case 'list':
        return node.children.map((child) => this.read(child))
      case 'map': {
        const map: JsonObject = {}
        this.#readMap(node, map, new Set())
        return map
      }
      case 'alias':
        return this.#alias(node, (target) => this.read(target, isKey))
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
    if (this.#reading.has(node)) throw new YamlFault(`anchor '${node.text}' value contains itself`)
    this.#reading.add(node)
    const [target = node] = node.children
    const value = read(target)
    this.#reading.delete(node)
    return value
  }

  #scalar({ tag, text, isPlain }: Node): Resolved['value'] {
    if (tag === '' && !isPlain) return text
    if (tag === `${YAML}binary`) return binary(text)
    if (!RESOLVABLE.has(tag)) return text
    if (tag === `${YAML}str`) return text
    const found = this.#resolve(text)
    if (tag === '' || tag === YAML + found.tag) return found.value
    if (tag === `${YAML}timestamp` && TIMESTAMP.test(text)) return text
    if (tag === `${YAML}float` && found.tag === 'int') return Number(found.value)
    throw new YamlFault(`cannot decode !!${found.tag} \`${text}\` as a !!${tag.slice(YAML.length)}`)
  }

  /** Into `map`, whose keys so far are `seen`. */
  #readMap({ children }: Node, map: JsonObject, seen: Set<Key>): void {
    for (let at = 0; at + 1 < children.length; at += 2) {
      const [keyNode, valueNode] = [children[at], children[at + 1]]
      if (keyNode === undefined || valueNode === undefined) return
      if (isMerge(keyNode)) {
        this.#merge(valueNode, map, seen)
        continue
      }
      const key = this.#key(keyNode)
      const value = this.read(valueNode)
      if (seen.has(key)) this.#onDuplicate?.(`line ${String(valueNode.line)}: key ${goSyntax(key)} already set in map`)
      seen.add(key)
      setField(map, this.#textOfKey(keyNode, key, value), value)
    }
  }

  #key(node: Node): Key {
    const key = this.read(node, true)
    if (typeof key === 'object' && key !== null) throw new YamlFault(`invalid map key: ${goSyntax(key)}`)
    return key as Key
  }

  /** As JSON has it. Integers that only fit without a sign are none of those that can be keys. */
  #textOfKey({ kind, isPlain, text }: Node, key: Key, value: unknown): string {
    if (key === null) {
      throw new NoJson(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goSyntax(value)}`)
    }
    if (typeof key !== 'number') return String(key)
    const isInteger = Number.isInteger(key) && !(kind === 'scalar' && isPlain && this.#resolve(text).tag === 'float')
    if (!isInteger || key > MAX_UINT64) return NAMES[String(key)] ?? goFloat(key)
    if (Number.isSafeInteger(key)) return String(key)
    throw new NoJson(`unsupported map key of type: uint64, key: 0x${BigInt(text).toString(16)}, value: ${goSyntax(value)}`)
  }

  /** Of several maps the earlier ones count more, and are read last. */
  #merge(node: Node, map: JsonObject, seen: Set<Key>): void {
    if (node.kind === 'list') {
      for (const child of node.children.toReversed()) this.#mergeMap(child, map, seen)
    } else this.#mergeMap(node, map, seen)
  }

  #mergeMap(node: Node, map: JsonObject, seen: Set<Key>): void {
    const [target = node] = node.kind === 'alias' ? node.children : []
    if (target.kind !== 'map') throw new YamlFault('map merge requires map or sequence of maps as the value')
    if (node.kind === 'alias') this.#alias(node, (aliased) => { this.#readMap(aliased, map, seen) })
    else this.#readMap(node, map, seen)
  }
}

function isMerge({ kind, text, tag, isPlain }: Node): boolean {
  return kind === 'scalar' && text === '<<' && (isPlain || tag === `${YAML}merge`)
}

/** The dates that go-yaml knows; they stay text. */
const TIME = String.raw`\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?`
const TIMESTAMP = new RegExp(
  String.raw`^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]${TIME}(?:Z|[+-]\d\d:\d\d)| ${TIME})?$`)

function binary(text: string): string {
  try {
    const bytes = text.replaceAll(/[\r\n]/g, '')
    // Go wants the padding, and no spaces.
    if (bytes.length % 4 !== 0 || /\s/.test(bytes)) throw new RangeError('no whole groups')
    return new TextDecoder().decode(Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0)))
  } catch {
    throw new YamlFault('!!binary value contains invalid base64 data')
  }
}

/** As keys; as Go prints them as values. */
const NAMES: Readonly<Record<string, string>> = { Infinity: '.inf', '-Infinity': '-.inf', NaN: '.nan' }
const VALUES: Readonly<Record<string, string>> = { Infinity: '+Inf', '-Infinity': '-Inf', NaN: 'NaN' }

/** @throws NoJson for a number that JSON has not */
function finite(value: Resolved['value']): Resolved['value'] {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  throw new NoJson(`json: unsupported value: ${VALUES[String(value)] ?? ''}`)
}

/** What is YAML, but none that JSON can be made of: told without saying so. */
export class NoJson extends YamlFault {}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(inInterface).join(', ')}}`
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, inner]) => `${quote(key)}:${inInterface(inner)}`)
  return `map[interface {}]interface {}{${entries.toSorted().join(', ')}}`
}

function inInterface(value: unknown): string {
  return value === null ? 'interface {}(nil)' : goSyntax(value)
}
