/** The names that a checked expression may use, and how a name is found: by its container first, then outwards. */
import { ENUM_VALUES, MESSAGES } from '../messages/well-known.ts'
import type { FunctionDeclaration } from '../types/declarations.ts'
import type { DeclaredType } from '../types/declared-type.ts'
import { ANY, DURATION, INT, TIMESTAMP, typeOf, type Type } from '../types/type.ts'

export interface Names {
  readonly container: string
  readonly variables: ReadonlyMap<string, Type>
  /** Names of types: `int`, `google.protobuf.Duration`. */
  readonly typeNames: ReadonlyMap<string, Type>
  readonly objects: ReadonlyMap<string, DeclaredType>
  /** Whether there are types that a schema gives: upstream finds plain types under short names then. */
  readonly hasDeclaredTypes: boolean
  readonly functions: ReadonlyMap<string, FunctionDeclaration>
  /** Elements of which a later one is null are null together (cel-go); else they are what the others are. */
  readonly joinsToNull: boolean
}

export interface Found {
  readonly name: string
  readonly type: Type
}

/** The full names that `name` may mean, in order. */
export function candidateNames(container: string, name: string): readonly string[] {
  if (name.startsWith('.')) return [name.slice(1)]
  const candidates: string[] = []
  for (let prefix = container; prefix !== ''; prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('.'), 0))) {
    candidates.push(`${prefix}.${name}`)
  }
  return [...candidates, name]
}

export class Scope {
  readonly #names: Names
  readonly #locals: ReadonlyMap<string, Type>

  constructor(names: Names, locals: ReadonlyMap<string, Type> = new Map()) {
    this.#names = names
    this.#locals = locals
  }

  /** This scope with more local variables. */
  with(locals: Iterable<readonly [string, Type]>): Scope {
    return new Scope(this.#names, new Map([...this.#locals, ...locals]))
  }

  get joinsToNull(): boolean {
    return this.#names.joinsToNull
  }

  get container(): string {
    return this.#names.container
  }

  findIdentifier(name: string): Found | undefined {
    const { container, variables, typeNames } = this.#names
    for (const candidate of candidateNames(container, name)) {
      const type = this.#locals.get(candidate) ?? variables.get(candidate)
      if (type !== undefined) return { name: candidate, type }
      const named = typeNames.get(candidate) ?? this.#structType(candidate)
      if (named !== undefined) return { name: candidate, type: typeOf(named) }
      if (ENUM_VALUES.has(candidate)) return { name: candidate, type: INT }
    }
    return undefined
  }

  #structType(name: string): Type | undefined {
    const { objects, hasDeclaredTypes } = this.#names
    const short = hasDeclaredTypes ? SHORT_TYPE_NAMES.get(name) : undefined
    return objects.get(name)?.type ?? short ?? MESSAGES.get(name)?.type
  }

  findFunction(name: string): FunctionDeclaration | undefined {
    for (const candidate of candidateNames(this.#names.container, name)) {
      const found = this.#names.functions.get(candidate)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The types of fields of an object or a message; undefined where there is no such type. */
  findFields(name: string): { get(field: string): Type | undefined } | undefined {
    const object = this.#names.objects.get(name)
    if (object !== undefined) return { get: (field) => object.fields?.get(field)?.type.type }
    const message = MESSAGES.get(name)
    if (message !== undefined) return { get: (field) => message.fields.get(field)?.type }
    if (!this.#names.hasDeclaredTypes || !PLAIN_TYPE_NAMES.has(name)) return undefined
    return { get: () => (name === 'map' ? ANY : undefined) }
  }
}

/** Where a schema gives types, these are names of types as well; nothing can be made by them. */
const SHORT_TYPE_NAMES: ReadonlyMap<string, Type> = new Map([['duration', DURATION], ['timestamp', TIMESTAMP]])
/** All that go by a short name there. */
export const PLAIN_TYPE_NAMES: ReadonlySet<string> = new Set([
  'bool', 'bytes', 'double', 'duration', 'int', 'list', 'map', 'null_type', 'string', 'timestamp', 'uint',
])
