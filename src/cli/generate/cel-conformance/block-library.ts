/** `cel.block([a, b], …cel.index(0)…)`: macros that only the conformance data uses, for what an optimizer would write. */
import type { Library } from '../../../cel/library/library.ts'
import type { Expression } from '../../../cel/syntax/expression.ts'
import { argumentAt, type Macro } from '../../../cel/syntax/macros.ts'

const isOfCel = (target: Expression | undefined): boolean => target?.kind === 'identifier' && target.name === 'cel'

const numberAt = (args: readonly Expression[], index: number): string => {
  const argument = argumentAt(args, index)
  return argument.kind === 'literal' && typeof argument.value === 'number' ? String(argument.value) : ''
}

/** A variable named by the numbers in parentheses. */
function numbered(name: string, arity: number, prefix: string): Macro {
  return {
    name,
    arity,
    isMember: true,
    expand: (make, target, args) =>
      isOfCel(target)
        ? make.identifier([prefix, ...args.map((_, index) => numberAt(args, index))].join(':'))
        : undefined,
  }
}

const block: Macro = {
  name: 'block',
  arity: 2,
  isMember: true,
  expand: (make, target, args) => {
    const [values, result] = [argumentAt(args, 0), argumentAt(args, 1)]
    if (!isOfCel(target) || values.kind !== 'list') return undefined
    return values.elements.reduceRight(
      (inner, value, index) => make.binding(`@index:${String(index)}`, value, inner),
      result,
    )
  },
}

export const BLOCK: Library = {
  functions: [],
  macros: [block, numbered('index', 1, '@index'), numbered('iterVar', 2, '@it'), numbered('accuVar', 2, '@ac')],
}
