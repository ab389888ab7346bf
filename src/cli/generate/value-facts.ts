/**
 * Facts about the values of fields that only Go source tells: which texts a field may hold (types marked `+enum`) and
 * what it has when nothing is said (`+default=`). Upstream: k8s.io/kube-openapi pkg/generators/{enum,openapi}.go.
 */
import type { GoField, GoPackage } from './go-source.ts'
import { GoTypes } from './go-types.ts'

interface ValueFact {
  /** Sorted. Of the items, where the field is a list. */
  readonly enum?: readonly string[]
  readonly default?: unknown
}

const REFERENCE = /^ref\((\w+)\)$/

class ValueFacts {
  readonly #types: GoTypes
  /** By name: those of whole API groups are distinct enough. */
  readonly #constants: ReadonlyMap<string, string>

  constructor(packages: ReadonlyMap<string, GoPackage>) {
    this.#types = new GoTypes(packages)
    const constants = [...packages.values()].flatMap((one) => one.constants)
    this.#constants = new Map(constants.map(({ name, value }) => [name, value]))
  }

  /** Field → its facts, inlined structs included. */
  of(prefix: string, struct: string): [string, ValueFact][] {
    const fields = this.#types.packageOf(prefix)?.structs.get(struct) ?? []
    return fields.flatMap((field) => {
      if (field.name === '') {
        const inlined = this.#types.locate(prefix, field.type)
        return this.of(inlined.prefix, inlined.name)
      }
      const fact = this.#factOf(prefix, field)
      return Object.keys(fact).length === 0 ? [] : [[field.name, fact] as [string, ValueFact]]
    })
  }

  #factOf(prefix: string, { type, defaultText }: GoField): ValueFact {
    const values = this.#valuesOf(prefix, type.replace(/^(\[\]|map\[\w+\])\*?/, ''))
    return {
      ...(values.length === 0 ? {} : { enum: values }),
      ...(defaultText === undefined ? {} : { default: this.#defaultOf(defaultText) }),
    }
  }

  #valuesOf(prefix: string, type: string): string[] {
    const { prefix: home, name } = this.#types.locate(prefix, type)
    const found = this.#types.packageOf(home)
    if (found?.enums.has(name) !== true) return []
    const values = found.constants.filter((constant) => constant.type === name).map(({ value }) => this.#text(value))
    return [...new Set(values)].toSorted()
  }

  #text(value: string): string {
    if (value.startsWith('"')) return JSON.parse(value) as string
    return this.#text(this.#constants.get(bareName(value)) ?? '""')
  }

  #defaultOf(text: string): unknown {
    const [, constant] = REFERENCE.exec(text) ?? []
    return constant === undefined ? JSON.parse(text) : this.#text(constant)
  }
}

function bareName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** model name → field → its facts. */
export function goValueFacts(
  packages: ReadonlyMap<string, GoPackage>,
  names: ReadonlyMap<string, string>,
): Record<string, Record<string, ValueFact>> {
  const facts = new ValueFacts(packages)
  const table: Record<string, Record<string, ValueFact>> = {}
  for (const [definition, model] of names) {
    const dot = definition.lastIndexOf('.')
    const found = facts.of(definition.slice(0, dot), definition.slice(dot + 1))
    if (found.length > 0) table[model] = Object.fromEntries(found)
  }
  return table
}
