/**
 * The formats of strings that schemas of custom resources may ask for, as upstream supports them in 1.36: names without
 * regard to dashes; what is not here counts as no format. Sources: k8s.io/apiextensions-apiserver
 * pkg/apiserver/validation/formats.go; the checks are kube-openapi pkg/validation/strfmt and Go's net, net/url,
 * net/mail.
 */
import { parseIpAddress } from '../../../lib/ip/ip-address.ts'
import { ownValue } from '../../../lib/own-value.ts'
import { isEmailAddress } from './email.ts'

export type FormatCheck = (text: string) => boolean

const WORD = '[a-zA-Z0-9\\p{S}\\p{L}]'
const LABEL = `${WORD}(?:[a-zA-Z0-9\\-\\p{S}\\p{L}]{0,61}${WORD})?`
const HOSTNAME = new RegExp(`^(?:${WORD}(?:-?${WORD}{0,62})?|(?:${LABEL}\\.)+[a-zA-Z\\p{L}]{2,63})$`, 'u')
const HEX_COLOR = /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/
const RGB_PART = '(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])'
const SPACE = '[\\t\\n\\f\\r ]*'
const RGB_NUMBER = SPACE + RGB_PART + SPACE
const RGB_COLOR = new RegExp(`^rgb\\(${RGB_NUMBER},${RGB_NUMBER},${RGB_NUMBER}\\)$`)
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/
const SSN = /^\d{3}[- ]?\d{2}[- ]?\d{4}$/
/** By the issuer's first digits. */
const CREDIT_CARD = new RegExp(
  `^(?:${[
    '4[0-9]{12}(?:[0-9]{3})?',
    '5[1-5][0-9]{14}',
    '6(?:011|5[0-9][0-9])[0-9]{12}',
    '3[47][0-9]{13}',
    '3(?:0[0-5]|[68][0-9])[0-9]{11}',
    '(?:2131|1800|35[0-9]{3})[0-9]{11}',
  ].join('|')})$`,
)
const SHORT_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const LONG_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const MAC = [
  /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?:(?:\1[0-9a-f]{2}){2}|(?:\1[0-9a-f]{2}){14})?$/i,
  /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?:\.[0-9a-f]{4}|(?:\.[0-9a-f]{4}){7})?$/i,
]
const GO_DURATION = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/
const TIME_OF_DAY = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$/

/** `variant` of the third group, `clock` of the fourth. */
function uuid(variant: string, clock: string): FormatCheck {
  const pattern = new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${variant}-?${clock}-?[0-9a-f]{12}$`, 'i')
  return (text) => pattern.test(text)
}

const ANY = '[0-9a-f]{4}'

const CHECKS: Readonly<Record<string, FormatCheck>> = {
  bsonobjectid: (text) => /^[0-9a-f]{24}$/i.test(text),
  uri: isRequestUri,
  email: isEmailAddress,
  hostname: isHostname,
  ipv4: (text) => !text.includes(':') && parseIpAddress(text) !== undefined,
  ipv6: (text) => text.includes(':') && !hasZeroPaddedQuad(text),
  cidr: isCidr,
  mac: (text) => MAC.some((pattern) => pattern.test(text)),
  uuid: uuid(ANY, ANY),
  uuid3: uuid('3[0-9a-f]{3}', ANY),
  uuid4: uuid('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
  uuid5: uuid('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}'),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: (text) => text.length === 11 && SSN.test(text),
  hexcolor: (text) => HEX_COLOR.test(text),
  rgbcolor: (text) => RGB_COLOR.test(text),
  byte: (text) => BASE64.test(text),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: (text) => text.length <= 63 && SHORT_NAME.test(text),
  k8slongname: (text) => text.length <= 253 && LONG_NAME.test(text),
}

/** undefined for a format that is not supported. */
export function formatCheckOf(format: string): FormatCheck | undefined {
  const name = format.replaceAll('-', '')
  return ownValue(CHECKS, name)
}

/** Whether Go's net.ParseIP takes it: leading zeros in the dotted part are refused. */
function hasZeroPaddedQuad(text: string): boolean {
  const address = parseIpAddress(text)
  return address === undefined || address.hasLeadingZeros
}

function isCidr(text: string): boolean {
  const slash = text.lastIndexOf('/')
  const [host, bits] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)]
  if (slash < 0 || !/^\d{1,6}$/.test(bits) || parseIpAddress(host) === undefined) return false
  return Number(bits) <= (host.includes(':') ? 128 : 32)
}

function isHostname(text: string): boolean {
  const encoder = new TextEncoder()
  // Names longer than this are refused below anyhow; the pattern is kept from working on them.
  if (text.length > 255 || !HOSTNAME.test(text) || encoder.encode(text).length > 255) return false
  return text.split('.').every((part) => encoder.encode(part).length <= 63)
}

/** Go's url.ParseRequestURI: an absolute address, or an absolute path. */
function isRequestUri(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- what net/url refuses
  if (text === '' || /[\x00-\x1f\x7f]/.test(text)) return false
  if (text === '*') return true
  const [, scheme, rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(.*)$/s.exec(text) ?? []
  const [path = ''] = rest.split('?')
  if (!path.startsWith('/')) return scheme !== undefined
  if (scheme === undefined || !path.startsWith('//')) return hasValidEscapes(path)
  const [authority = ''] = path.slice(2).split('/')
  return isAuthority(authority) && hasValidEscapes(path.slice(2 + authority.length))
}

function hasValidEscapes(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text)
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf('@')
  const user = at < 0 ? '' : text.slice(0, at)
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) || !hasValidEscapes(user)) return false
  const host = text.slice(at + 1)
  if (host.startsWith('[')) {
    const [, inner = '', port] = /^\[([^\]]*)\](.*)$/.exec(host) ?? []
    return host.includes(']') && inner !== '' && isPortPart(port ?? '')
  }
  const colon = host.lastIndexOf(':')
  if (colon >= 0 && !isPortPart(host.slice(colon))) return false
  if (host.slice(0, Math.max(colon, 0)).includes(':')) return false
  // Of the escapes, only those of bytes that are no ASCII may stand in a host.
  return !/[ "<>^`{|}\\]/.test(host) && !/%(?![89a-fA-F][0-9a-fA-F])/.test(host)
}

function isPortPart(text: string): boolean {
  return /^(?::\d*)?$/.test(text)
}

function isCreditCard(text: string): boolean {
  const digits = text.replaceAll(/[^0-9]+/g, '')
  if (!CREDIT_CARD.test(digits)) return false
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value >= 10 ? (value % 10) + 1 : value)
  }, 0)
  return sum % 10 === 0
}

function isbnDigits(text: string): string {
  return text.replaceAll(/[\t\n\f\r -]+/g, '')
}

function isIsbn10(text: string): boolean {
  const digits = isbnDigits(text)
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(digits)) return false
  const sum = [...digits].reduce((total, digit, index) => total + (index + 1) * (digit === 'X' ? 10 : Number(digit)), 0)
  return sum % 11 === 0
}

function isIsbn13(text: string): boolean {
  const digits = isbnDigits(text)
  if (!/^[0-9]{13}$/.test(digits)) return false
  const sum = [...digits.slice(0, 12)].reduce((total, digit, index) => {
    return total + (index % 2 === 0 ? 1 : 3) * Number(digit)
  }, 0)
  return Number(digits[12]) === (10 - (sum % 10)) % 10
}

function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  if (day === '' || Number(month) < 1 || Number(month) > 12 || Number(day) < 1) return false
  const isLeap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0)
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return Number(day) <= (lengths[Number(month) - 1] ?? 0)
}

function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t')
  if (time === undefined || !isDate(date)) return false
  const [, hours = '', minutes = '', seconds = ''] = TIME_OF_DAY.exec(time) ?? []
  return hours !== '' && hours <= '23' && minutes <= '59' && seconds <= '59'
}

/** The words of a duration beside Go's own; the last of a line may be longer (`minutes`). */
const DURATION_UNITS = [
  ['ns', 'nano'], ['us', 'µs', 'micro'], ['ms', 'milli'], ['s', 'sec'], ['m', 'min'], ['h', 'hr', 'hour'],
  ['d', 'day'], ['w', 'wk', 'week'],
]

function isDuration(text: string): boolean {
  if (GO_DURATION.test(text)) return true
  // The last digit will do: with all of them, a long number without a unit would be tried from each of its digits.
  return [...text.matchAll(/\d[\t\n\f\r ]*([A-Za-zµ]+)/g)].some(([, said = '']) => {
    const unit = said.toLowerCase()
    return DURATION_UNITS.some((words) => words.includes(unit) || unit.startsWith(words.at(-1) ?? unit))
  })
}
