/** `semver('1.2.3')` (apiserver pkg/cel/library/semverlib.go), by the rules of semver.org 2.0. */
import { ascending } from '../../../lib/order.ts'
import { traversal } from '../../types/call-cost.ts'
import { declareFunction, member, overload, type FunctionDeclaration } from '../../types/declarations.ts'
import { BOOL, INT, STRING, objectType } from '../../types/type.ts'
import { EvaluationError, hasValue } from '../../values/evaluation-error.ts'
import { normalize } from '../../values/integer.ts'
import { OpaqueValue, unusableKey, type CelValue, type Value } from '../../values/value.ts'
import { work } from '../../values/work.ts'
import type { Library } from '../library.ts'

const SEMVER = objectType('kubernetes.Semver')
/** Digits of a number that are read; larger ones do not fit into 64 bits. */
const MAX_DIGITS = 20
const MAX_NUMBER = 2n ** 64n

class SemverValue extends OpaqueValue {
  readonly type = SEMVER
  readonly numbers: readonly [major: bigint, minor: bigint, patch: bigint]
  readonly preRelease: readonly string[]
  readonly build: string

  constructor(numbers: readonly [bigint, bigint, bigint], preRelease: readonly string[], build: string) {
    super()
    this.numbers = numbers
    this.preRelease = preRelease
    this.build = build
  }

  override equals(other: CelValue): boolean {
    return other instanceof SemverValue && this.compare(other) === 0
  }

  override get keyText(): never {
    throw unusableKey('cel.Semver')
  }

  override get asText(): string {
    const preRelease = this.preRelease.length === 0 ? '' : `-${this.preRelease.join('.')}`
    return `${this.numbers.join('.')}${preRelease}${this.build === '' ? '' : `+${this.build}`}`
  }

  /** Builds do not count; a version comes after its pre-releases. */
  compare(other: SemverValue): number {
    for (const [index, number] of this.numbers.entries()) {
      const order = ascending(number, other.numbers[index] ?? 0n)
      if (order !== 0) return order
    }
    const [own, others] = [this.preRelease, other.preRelease]
    work(IDENTIFIER_STEPS * Math.min(own.length, others.length))
    if (own.length === 0 || others.length === 0) return Math.sign(others.length - own.length)
    for (const [index, identifier] of own.entries()) {
      const counterpart = others[index]
      if (counterpart === undefined) return 1
      const order = compareIdentifiers(identifier, counterpart)
      if (order !== 0) return order
    }
    return own.length < others.length ? -1 : 0
  }
}

/** Steps of comparing one with another. */
const IDENTIFIER_STEPS = 16

const isNumber = (text: string): boolean => /^\d+$/.test(text)

/** Numbers by value, and before words. */
function compareIdentifiers(one: string, other: string): number {
  if (isNumber(one) && isNumber(other)) return ascending(BigInt(one), BigInt(other))
  if (isNumber(one) !== isNumber(other)) return isNumber(one) ? -1 : 1
  return ascending(one, other)
}

function numberOf(part: string, name: string): bigint {
  const shown = JSON.stringify(part)
  if (part === '') throw new EvaluationError(`strconv.ParseUint: parsing ${shown}: invalid syntax`)
  if (!isNumber(part)) throw new EvaluationError(`Invalid character(s) found in ${name.toLowerCase()} number ${shown}`)
  if (part.length > 1 && part.startsWith('0')) {
    throw new EvaluationError(`${name} number must not contain leading zeroes ${shown}`)
  }
  return readNumber(part)
}

function readNumber(digits: string): bigint {
  const number = digits.length > MAX_DIGITS ? MAX_NUMBER : BigInt(digits)
  if (number < MAX_NUMBER) return number
  throw new EvaluationError(`strconv.ParseUint: parsing ${JSON.stringify(digits)}: value out of range`)
}

function parse(text: string): SemverValue {
  if (text === '') throw new EvaluationError('Version string empty')
  const [major = '', minor, ...rest] = text.split('.')
  const last = rest.join('.')
  if (minor === undefined || rest.length === 0) throw new EvaluationError('No Major.Minor.Patch elements found')
  const plus = last.indexOf('+')
  const build = plus === -1 ? undefined : last.slice(plus + 1)
  const beforeBuild = plus === -1 ? last : last.slice(0, plus)
  const dash = beforeBuild.indexOf('-')
  const patch = dash === -1 ? beforeBuild : beforeBuild.slice(0, dash)
  const numbers = [numberOf(major, 'Major'), numberOf(minor, 'Minor'), numberOf(patch, 'Patch')] as const
  const preRelease = dash === -1 ? [] : beforeBuild.slice(dash + 1).split('.')
  for (const identifier of preRelease) assertIdentifier(identifier, 'Prerelease')
  for (const identifier of build?.split('.') ?? []) assertIdentifier(identifier, 'Build meta data')
  return new SemverValue(numbers, preRelease, build ?? '')
}

function assertIdentifier(identifier: string, name: string): void {
  if (identifier === '') throw new EvaluationError(`${name} is empty`)
  if (!/^[0-9A-Za-z-]+$/.test(identifier)) {
    const of = name === 'Prerelease' ? 'prerelease' : 'build meta data'
    throw new EvaluationError(`Invalid character(s) found in ${of} ${JSON.stringify(identifier)}`)
  }
  if (name !== 'Prerelease' || !isNumber(identifier)) return
  if (identifier.length > 1 && identifier.startsWith('0')) {
    throw new EvaluationError(`Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(identifier)}`)
  }
  readNumber(identifier)
}

/** `v1.02` as `1.2.0`. */
function normalized(text: string): string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.')
  const written = [major, ...(minor === undefined ? [] : [minor]), ...(rest.length === 0 ? [] : [rest.join('.')])]
  // Before what is no digit upstream puts a zero, which its errors show.
  const parts = written.map((part) => {
    if (part.length <= 1) return part
    const rest = part.replace(/^0+/, '')
    return isNumber(rest.charAt(0)) ? rest : `0${rest}`
  })
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) {
    throw new EvaluationError('short version cannot contain PreRelease/Build meta data')
  }
  return [...parts, '0', '0'].slice(0, 3).join('.')
}

const read = (text: Value, isNormalized: Value = false): SemverValue =>
  parse(isNormalized === true ? normalized(text as string) : (text as string))

const isReadable = (text: Value, isNormalized: Value = false): Value => hasValue(() => read(text, isNormalized))

const READING = { cost: traversal(0) }
const BINARY = [SEMVER, SEMVER]
const order = (one: Value, other: Value): number => (one as SemverValue).compare(other as SemverValue)

function numberAt(name: string, index: number): FunctionDeclaration {
  const call = (version: Value): Value => normalize((version as SemverValue).numbers[index] ?? 0n)
  return declareFunction(name, member(`semver_${name}`, [SEMVER], INT, call))
}

export const SEMVERS: Library = {
  sizes: [[SEMVER.name, 1]],
  functions: [
    declareFunction(
      'semver',
      overload('string_to_semver', [STRING], SEMVER, read, READING),
      overload('string_bool_to_semver', [STRING, BOOL], SEMVER, read, READING),
    ),
    declareFunction(
      'isSemver',
      overload('is_semver_string', [STRING], BOOL, isReadable, READING),
      overload('is_semver_string_bool', [STRING, BOOL], BOOL, isReadable, READING),
    ),
    declareFunction(
      'isGreaterThan',
      member('semver_is_greater_than', BINARY, BOOL, (one, other) => order(one, other) > 0),
    ),
    declareFunction('isLessThan', member('semver_is_less_than', BINARY, BOOL, (one, other) => order(one, other) < 0)),
    declareFunction('compareTo', member('semver_compare_to', BINARY, INT, order)),
    numberAt('major', 0),
    numberAt('minor', 1),
    numberAt('patch', 2),
  ],
}
