/**
 * What Go's net/netip says of a text that is no address: read from the left, the first thing that is wrong. Asked only
 * of texts that were refused; it goes through one once.
 */

/** Undefined where the text is an address, with a zone perhaps. */
export function addressProblem(text: string): string | undefined {
  // What comes first says what it was meant to be.
  const mark = /[.:%]/.exec(text)?.[0]
  if (mark === '.') return quadProblem(text)
  if (mark === ':') return groupsProblem(text)
  return mark === '%' ? 'missing IPv6 address' : 'unable to parse IP'
}

const at = (message: string, rest: string): string => `${message} (at ${JSON.stringify(rest)})`

/** Four numbers with dots between them. */
function quadProblem(text: string): string | undefined {
  let dots = 0
  let digits = ''
  for (let place = 0; place < text.length; place++) {
    const character = text.charAt(place)
    if (/\d/.test(character)) {
      if (digits === '0') return 'IPv4 field has octet with leading zero'
      digits += character
      if (Number(digits) > 255) return 'IPv4 field has value >255'
      continue
    }
    if (character !== '.') return at('unexpected character', text.slice(place))
    if (digits === '' || place === text.length - 1) {
      return at('IPv4 field must have at least one digit', text.slice(place))
    }
    if (dots === 3) return 'IPv4 address too long'
    dots += 1
    digits = ''
  }
  return dots < 3 ? 'IPv4 address too short' : undefined
}

const GROUPS = 8
const NO_DIGIT = 'each colon-separated field must have at least one digit'

/** Up to eight groups of hexadecimal digits, `::` once for those of zeros, and perhaps an IPv4 address for the last two. */
function groupsProblem(text: string): string | undefined {
  const percent = text.indexOf('%')
  if (percent === text.length - 1) return 'zone must be a non-empty string'
  let rest = percent < 0 ? text : text.slice(0, percent)
  let groups = 0
  let isShortened = rest.startsWith('::')
  if (isShortened) rest = rest.slice(2)
  while (groups < GROUPS && (rest !== '' || !isShortened)) {
    const [digits = ''] = /^[0-9a-f]{0,5}/i.exec(rest) ?? []
    if (digits.length > 4) return at('each group must have 4 or less digits', rest)
    if (digits === '') return at(NO_DIGIT, rest)
    const next = rest.charAt(digits.length)
    if (next === '.') return endingProblem(rest, groups, isShortened)
    groups += 1
    rest = rest.slice(digits.length)
    if (rest === '') break
    if (next !== ':') return at('unexpected character, want colon', rest)
    if (rest === ':') return at('colon must be followed by more characters', rest)
    rest = rest.slice(1)
    if (!rest.startsWith(':')) continue
    if (isShortened) return at('multiple :: in address', rest)
    isShortened = true
    rest = rest.slice(1)
  }
  return rest === '' ? lengthProblem(groups, isShortened) : at('trailing garbage after address', rest)
}

/** `rest` is an IPv4 address, or begins as one. */
function endingProblem(rest: string, groups: number, isShortened: boolean): string | undefined {
  if (!isShortened && groups !== GROUPS - 2) {
    return at('embedded IPv4 address must replace the final 2 fields of the address', rest)
  }
  if (groups > GROUPS - 2) return at('too many hex fields to fit an embedded IPv4 at the end of the address', rest)
  return quadProblem(rest) ?? lengthProblem(groups + 2, isShortened)
}

function lengthProblem(groups: number, isShortened: boolean): string | undefined {
  if (groups < GROUPS) return isShortened ? undefined : 'address string too short'
  return isShortened ? 'the :: must expand to at least one field of zeros' : undefined
}
