/** What an environment is put together from: functions, macros, and the names of types. */
import type { Macro } from '../syntax/macros.ts'
import type { FunctionDeclaration } from '../types/declarations.ts'
import type { Type } from '../types/type.ts'

export interface Library {
  readonly functions: readonly FunctionDeclaration[]
  readonly macros?: readonly Macro[]
  /** Types that expressions may name, by their name. */
  readonly types?: readonly (readonly [string, Type])[]
  /** By type name: the size that comparing two values of it counts, at most. Without it there is no limit. */
  readonly sizes?: readonly (readonly [string, number])[]
  /** Functions whose second argument is a pattern; a constant one is tried when the expression is compiled. */
  readonly patterns?: readonly (readonly [string, (pattern: string) => void])[]
}
