/**
 * Version 2 of OpenAPI with the groups of other servers in it (k8s.io/kube-openapi pkg/aggregator and
 * k8s.io/kube-aggregator pkg/controllers/openapi/aggregator). Of each server the paths of a group and version count,
 * with the definitions that they need; a definition whose name is taken by another one gets a name of its own. Pure;
 * what is given is not changed.
 */
import { byKey } from '../../../lib/order.ts'
import { equalJson, isJsonObject, type JsonObject } from '../../../apimachinery/patch/json-value.ts'

type Named = Readonly<Record<string, unknown>>

export interface OpenApiV2 {
  readonly paths?: Named
  readonly definitions?: Named
  readonly parameters?: Named
}

export interface ServedOpenApi {
  /** Below which a server's paths count. */
  readonly prefix: string
  readonly document: OpenApiV2
}

/** `others`: in the order in which names are taken. */
export function mergedOpenApiV2<Document extends OpenApiV2>(
  local: Document,
  others: readonly ServedOpenApi[],
): Document {
  const { paths = {}, definitions = {}, parameters = {} } = local
  const merged = { paths: { ...paths }, definitions: { ...definitions }, parameters: { ...parameters } }
  for (const { prefix, document } of others) {
    const added = Object.entries(document.paths ?? {}).filter(
      ([path]) => path.startsWith(prefix) && !Object.hasOwn(merged.paths, path),
    )
    if (added.length === 0) continue
    const needed = neededDefinitions(document, Object.fromEntries(added))
    const names = {
      [DEFINITIONS]: namesFor(needed, merged.definitions, equalDefinitions),
      [PARAMETERS]: namesFor(document.parameters ?? {}, merged.parameters, equalJson),
    }
    addDefinitions(merged.definitions, needed, names)
    for (const [name, parameter] of Object.entries(document.parameters ?? {})) {
      merged.parameters[names[PARAMETERS].get(name) ?? name] ??= renamed(parameter, names)
    }
    for (const [path, item] of added) merged.paths[path] = renamed(item, names)
  }
  const sorted = (named: Named): Named => Object.fromEntries(Object.entries(named).toSorted(byKey))
  const all = { paths: sorted(merged.paths), definitions: sorted(merged.definitions) }
  const hasParameters = Object.keys(merged.parameters).length > 0
  return { ...local, ...all, ...(hasParameters ? { parameters: sorted(merged.parameters) } : {}) }
}

const DEFINITIONS = '#/definitions/'
const PARAMETERS = '#/parameters/'
const KINDS = 'x-kubernetes-group-version-kind'

/** What paths lead to, and what nothing ever led to. */
function neededDefinitions(document: OpenApiV2, kept: Named): Named {
  const definitions = document.definitions ?? {}
  const [once, still] = [reached(definitions, document.paths), reached(definitions, kept)]
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => still.has(name) || !once.has(name)))
}

function reached(definitions: Named, from: unknown): Set<string> {
  const found = new Set<string>()
  const waiting = [from]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue
    const ref = '$ref' in value && typeof value.$ref === 'string' ? value.$ref : ''
    const name = ref.startsWith(DEFINITIONS) ? ref.slice(DEFINITIONS.length) : undefined
    if (name !== undefined && !found.has(name)) {
      found.add(name)
      if (Object.hasOwn(definitions, name)) waiting.push(definitions[name])
    }
    for (const inside of Object.values(value) as unknown[]) if (inside !== undefined) waiting.push(inside)
  }
  return found
}

/** Other names for what is not what has its name already: that of an equal one, or a new one. */
function namesFor(
  own: Named,
  taken: Named,
  isEqual: (one: unknown, other: unknown) => boolean,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const given = new Set<string>()
  for (const [name, value] of Object.entries(own)) {
    let candidate = name
    for (let number = 2; isOther(taken, candidate, value, isEqual) || isUnfree(candidate); number++) {
      candidate = `${name}_v${String(number)}`
    }
    if (candidate === name) continue
    names.set(name, candidate)
    if (!Object.hasOwn(taken, candidate)) given.add(candidate)

    function isUnfree(wanted: string): boolean {
      return wanted !== name && !Object.hasOwn(taken, wanted) && (given.has(wanted) || Object.hasOwn(own, wanted))
    }
  }
  return names
}

function isOther(taken: Named, name: string, value: unknown, isEqual: (a: unknown, b: unknown) => boolean): boolean {
  return Object.hasOwn(taken, name) && !isEqual(taken[name], value)
}

/** Whatever kinds they are of. */
function equalDefinitions(one: unknown, other: unknown): boolean {
  return equalJson(withoutKinds(one), withoutKinds(other))
}

function withoutKinds(definition: unknown): unknown {
  if (!isJsonObject(definition) || !(KINDS in definition)) return definition
  return Object.fromEntries(Object.entries(definition).filter(([name]) => name !== KINDS))
}

type Names = Readonly<Record<string, ReadonlyMap<string, string>>>

function addDefinitions(merged: Record<string, unknown>, own: Named, names: Names): void {
  for (const [name, definition] of Object.entries(own)) {
    const wanted = names[DEFINITIONS]?.get(name) ?? name
    const there = Object.hasOwn(merged, wanted) ? merged[wanted] : undefined
    merged[wanted] = there === undefined ? renamed(definition, names) : withKindsOf(there, definition)
  }
}

function withKindsOf(there: unknown, other: unknown): unknown {
  if (!isJsonObject(there) || !isJsonObject(other) || other[KINDS] === undefined) return there
  const [known, more] = [there, other].map(({ [KINDS]: kinds }) => (Array.isArray(kinds) ? (kinds as unknown[]) : []))
  const added = (more ?? []).filter((kind) => !(known ?? []).some((one) => equalJson(one, kind)))
  return added.length === 0 ? there : { ...there, [KINDS]: [...(known ?? []), ...added] }
}

/** With references to what is called otherwise now. */
function renamed(value: unknown, names: Names): unknown {
  return Object.values(names).every(({ size }) => size === 0) ? value : renamedWithin(value, names)
}

function renamedWithin(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((inside) => renamedWithin(inside, names))
  if (!isJsonObject(value)) return value
  const out: JsonObject = {}
  for (const [key, inside] of Object.entries(value)) {
    out[key] = key === '$ref' && typeof inside === 'string' ? renamedReference(inside, names) : renamedWithin(inside, names)
  }
  return out
}

function renamedReference(ref: string, names: Names): string {
  for (const [prefix, known] of Object.entries(names)) {
    const name = ref.startsWith(prefix) ? known.get(ref.slice(prefix.length)) : undefined
    if (name !== undefined) return `${prefix}${name}`
  }
  return ref
}
