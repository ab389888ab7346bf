/**
 * The order of keys in go-yaml (go.yaml.in/yaml/v2 sorter.go, keyList): numbers in texts by their value, letters behind
 * everything else.
 */
const LETTER = /\p{L}/u
const DIGIT = /\p{Nd}/u

export function byGoYaml(one: string, other: string): number {
  const [ones, others] = [[...one], [...other]]
  for (const [at, left] of ones.entries()) {
    const right = others[at]
    if (right === undefined) break
    if (left !== right) return isBefore(ones, others, at) ? -1 : 1
  }
  return ones.length - others.length
}

/** Of two keys that differ from `at` on. */
function isBefore(ones: readonly string[], others: readonly string[], at: number): boolean {
  const [left = '', right = ''] = [ones[at], others[at]]
  const [isLetter, isOtherLetter] = [LETTER.test(left), LETTER.test(right)]
  if (isLetter && isOtherLetter) return codeOf(left) < codeOf(right)
  if (isLetter || isOtherLetter) return isOtherLetter
  // A zero in the middle of a number is no leading one.
  const start = (left === '0' || right === '0') && isBehindDigit(ones, at) ? 1n : 0n
  const [leftNumber, leftEnd] = numberAt(ones, at, start)
  const [rightNumber, rightEnd] = numberAt(others, at, start)
  if (leftNumber !== rightNumber) return leftNumber < rightNumber
  return leftEnd === rightEnd ? codeOf(left) < codeOf(right) : leftEnd < rightEnd
}

function isBehindDigit(characters: readonly string[], at: number): boolean {
  for (let index = at - 1; index >= 0 && DIGIT.test(characters[index] ?? ''); index--) {
    if (characters[index] !== '0') return true
  }
  return false
}

/** The number that begins there, behind `start`, and where it ends; an int64, which flows over. */
function numberAt(characters: readonly string[], at: number, start: bigint): readonly [value: bigint, end: number] {
  let value = start
  let end = at
  for (; DIGIT.test(characters[end] ?? ''); end++) {
    value = BigInt.asIntN(64, value * 10n + BigInt(codeOf(characters[end] ?? '') - codeOf('0')))
  }
  return [value, end]
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}
