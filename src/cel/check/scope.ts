/** The names that a checked expression may use, and how a name is found: by its container first, then outwards. */
import type { FunctionDeclaration } from '../types/declarations.ts'
import type { DeclaredType } from '../types/declared-type.ts'
import { typeOf, type Type } from '../types/type.ts'

export interface Names {
  readonly container: string
  readonly variables: ReadonlyMap<string, Type>
  /** Names of types: `int`, `google.protobuf.Duration`. */
  readonly typeNames: ReadonlyMap<string, Type>
  readonly objects: ReadonlyMap<string, DeclaredType>
  readonly functions: ReadonlyMap<string, FunctionDeclaration>
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

  get container(): string {
    return this.#names.container
  }

  findIdentifier(name: string): Found | undefined {
    const { container, variables, typeNames, objects } = this.#names
    for (const candidate of candidateNames(container, name)) {
      const type = this.#locals.get(candidate) ?? variables.get(candidate)
      if (type !== undefined) return { name: candidate, type }
      const named = typeNames.get(candidate) ?? objects.get(candidate)?.type
      if (named !== undefined) return { name: candidate, type: typeOf(named) }
    }
    return undefined
  }

  findFunction(name: string): FunctionDeclaration | undefined {
    for (const candidate of candidateNames(this.#names.container, name)) {
      const found = this.#names.functions.get(candidate)
      if (found !== undefined) return found
    }
    return undefined
  }

  findObject(name: string): DeclaredType | undefined {
    return this.#names.objects.get(name)
  }
}
