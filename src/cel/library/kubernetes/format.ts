/**
 * `format.dns1123Label().validate(text)` (apiserver pkg/cel/library/format.go). The rules themselves come from whoever
 * makes the library, with the size of the pattern that upstream charges for.
 */
import { fixed, REGEX_FACTOR, scaleRange, STRING_FACTOR, type CallCost } from '../../types/call-cost.ts'
import { declareFunction, member, overload } from '../../types/declarations.ts'
import { STRING, listOf, objectType, optionalOf } from '../../types/type.ts'
import { ArrayList } from '../../values/list.ts'
import { OptionalValue } from '../../values/optional.ts'
import { OpaqueValue, sizeOf, type CelValue, type Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

export interface FormatRule {
  readonly name: string
  readonly patternSize: number
  /** What is wrong with a text. */
  readonly validate: (text: string) => readonly string[]
}

const FORMAT = objectType('kubernetes.NamedFormat')
/** Of the pattern of any format, for estimates. */
const MAX_PATTERN_SIZE = 128
/** Of a format's name, by which formats compare. */
const MAX_NAME_SIZE = 64

class FormatValue extends OpaqueValue {
  readonly type = FORMAT
  readonly rule: FormatRule

  constructor(rule: FormatRule) {
    super()
    this.rule = rule
  }

  override equals(other: CelValue): boolean {
    return other instanceof FormatValue && other.rule.name === this.rule.name
  }
}

const VALIDATION: CallCost = {
  estimate: (args) => ({
    cost: scaleRange(scaleRange(args.size(1), STRING_FACTOR), MAX_PATTERN_SIZE * REGEX_FACTOR),
  }),
  actual: ([format, text = null]) => {
    const { patternSize } = (format as FormatValue).rule
    return Math.ceil((1 + sizeOf(text)) * STRING_FACTOR) * Math.ceil(patternSize * REGEX_FACTOR)
  },
}

function validate(format: Value, text: Value): Value {
  const problems = (format as FormatValue).rule.validate(text as string)
  return problems.length === 0 ? OptionalValue.none : OptionalValue.of(new ArrayList(problems))
}

/** `rules` by the name of their function: `format.NAME()`. */
export function formats(rules: ReadonlyMap<string, FormatRule>): Library {
  const values = new Map([...rules].map(([name, rule]) => [name, new FormatValue(rule)]))
  const named = (name: Value): Value => OptionalValue.of(values.get(name as string))
  return {
    sizes: [[FORMAT.name, MAX_NAME_SIZE]],
    functions: [
      ...[...values].map(([name, value]) =>
        declareFunction(`format.${name}`, overload(`format.${name}`, [], FORMAT, () => value)),
      ),
      declareFunction(
        'validate',
        member('format-validate', [FORMAT, STRING], optionalOf(listOf(STRING)), validate, { cost: VALIDATION }),
      ),
      declareFunction(
        'format.named',
        overload('format-named', [STRING], optionalOf(FORMAT), named, {
          cost: { estimate: () => ({ cost: fixed(1) }), actual: () => 1 },
        }),
      ),
    ],
  }
}
