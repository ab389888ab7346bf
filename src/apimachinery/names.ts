/**
 * The formats of names, label keys and values, ports and keys. Each check answers with upstream's own texts, an empty
 * list meaning "valid"; they end up in field errors that clients match on. Source: k8s.io/apimachinery
 * pkg/util/validation/validation.go and pkg/api/validate/content of release-1.36 (which says "bytes" for label keys
 * and values, and "characters" for DNS names).
 */
import { invalid, required, type FieldError } from './field-path.ts'

/** A check of one text: the list of what is wrong with it. */
export type NameCheck = (value: string) => string[]

export const DNS1123_LABEL_MAX_LENGTH = 63
export const DNS1123_SUBDOMAIN_MAX_LENGTH = 253
export const DNS1035_LABEL_MAX_LENGTH = 63
export const LABEL_VALUE_MAX_LENGTH = 63
const QUALIFIED_NAME_MAX_LENGTH = 63
/** RFC 6335. */
const PORT_NAME_MAX_LENGTH = 15

const LABEL_1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN_1123 = `${LABEL_1123}(\\.${LABEL_1123})*`
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const UNDERSCORED_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const UNDERSCORED_SUBDOMAIN = `${UNDERSCORED_LABEL}(\\.${UNDERSCORED_LABEL})*`
const WILDCARD = `\\*\\.${SUBDOMAIN_1123}`
const LABEL_KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${LABEL_KEY})?`
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*'
const PERCENT = '[0-9]+%'
const HEADER_NAME = '[-A-Za-z0-9]+'
const ENV_VAR_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*'
const CONFIG_MAP_KEY = '[-._a-zA-Z0-9]+'
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

const LABEL_1123_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const SUBDOMAIN_1123_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
const UNDERSCORED_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
const LABEL_1035_MESSAGE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
const WILDCARD_MESSAGE =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character"
const LABEL_KEY_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const LABEL_VALUE_MESSAGE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const C_IDENTIFIER_MESSAGE =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'"
const ENV_VAR_MESSAGE =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit"
const RELAXED_ENV_VAR_MESSAGE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='"

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`)
}

const LABEL_1123_PATTERN = whole(LABEL_1123)
const SUBDOMAIN_1123_PATTERN = whole(SUBDOMAIN_1123)
const LABEL_1035_PATTERN = whole(LABEL_1035)
const UNDERSCORED_PATTERN = whole(UNDERSCORED_SUBDOMAIN)
const WILDCARD_PATTERN = whole(WILDCARD)
const LABEL_KEY_PATTERN = whole(LABEL_KEY)
const LABEL_VALUE_PATTERN = whole(LABEL_VALUE)
const C_IDENTIFIER_PATTERN = whole(C_IDENTIFIER)
const PERCENT_PATTERN = whole(PERCENT)
const HEADER_NAME_PATTERN = whole(HEADER_NAME)
const ENV_VAR_PATTERN = whole(ENV_VAR_NAME)
const CONFIG_MAP_KEY_PATTERN = whole(CONFIG_MAP_KEY)
const HTTP_PATH_PATTERN = whole(HTTP_PATH)
/** What fits no pattern above needs its length counted in bytes; ASCII, the usual case, does not. */
// oxlint-disable-next-line no-control-regex -- the range is ASCII on purpose
const ASCII = /^[\x00-\x7f]*$/

/** Length in bytes of UTF-8, as Go's len() counts it. */
export function byteLength(text: string): number {
  return ASCII.test(text) ? text.length : new TextEncoder().encode(text).length
}

export function maxLengthMessage(length: number, unit: 'characters' | 'bytes' = 'characters'): string {
  return `must be no more than ${String(length)} ${unit}`
}

/** `… (e.g. 'a', or 'b', regex used for validation is '…')` */
export function regexMessage(message: string, pattern: string, ...examples: readonly string[]): string {
  const rule = `regex used for validation is '${pattern}'`
  if (examples.length === 0) return `${message} (${rule})`
  return `${message} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}${rule})`
}

export function rangeMessage(low: number, high: number): string {
  return `must be between ${String(low)} and ${String(high)}, inclusive`
}

export function isDns1123Label(value: string): string[] {
  if (value.length <= DNS1123_LABEL_MAX_LENGTH && LABEL_1123_PATTERN.test(value)) return []
  const errors = byteLength(value) > DNS1123_LABEL_MAX_LENGTH ? [maxLengthMessage(DNS1123_LABEL_MAX_LENGTH)] : []
  if (LABEL_1123_PATTERN.test(value)) return errors
  const isDotted = SUBDOMAIN_1123_PATTERN.test(value)
  errors.push(isDotted ? 'must not contain dots' : regexMessage(LABEL_1123_MESSAGE, LABEL_1123, 'my-name', '123-abc'))
  return errors
}

function isSubdomain(value: string, pattern: RegExp, message: string, source: string, example: string): string[] {
  if (value.length <= DNS1123_SUBDOMAIN_MAX_LENGTH && pattern.test(value)) return []
  const errors: string[] = []
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX_LENGTH) errors.push(maxLengthMessage(DNS1123_SUBDOMAIN_MAX_LENGTH))
  if (!pattern.test(value)) errors.push(regexMessage(message, source, example))
  return errors
}

export function isDns1123Subdomain(value: string): string[] {
  return isSubdomain(value, SUBDOMAIN_1123_PATTERN, SUBDOMAIN_1123_MESSAGE, SUBDOMAIN_1123, 'example.com')
}

/** @public */
export function isDns1123SubdomainWithUnderscore(value: string): string[] {
  return isSubdomain(value, UNDERSCORED_PATTERN, UNDERSCORED_MESSAGE, UNDERSCORED_SUBDOMAIN, 'example.com')
}

export function isWildcardDns1123Subdomain(value: string): string[] {
  return isSubdomain(value, WILDCARD_PATTERN, WILDCARD_MESSAGE, WILDCARD, '*.example.com')
}

export function isDns1035Label(value: string): string[] {
  const errors = byteLength(value) > DNS1035_LABEL_MAX_LENGTH ? [maxLengthMessage(DNS1035_LABEL_MAX_LENGTH)] : []
  if (!LABEL_1035_PATTERN.test(value)) {
    errors.push(regexMessage(LABEL_1035_MESSAGE, LABEL_1035, 'my-name', 'abc-123'))
  }
  return errors
}

/** Names seen lately that are sound: a few hundred make up nearly all labels of a cluster, and an object has dozens. */
const soundNames = new Set<string>()
const MAX_SOUND_NAMES = 1024

/** A label key: a name of at most 63 bytes, with an optional DNS prefix and `/`. */
export function isQualifiedName(value: string): string[] {
  if (soundNames.has(value)) return []
  const errors = qualifiedNameErrors(value)
  if (errors.length === 0) {
    if (soundNames.size >= MAX_SOUND_NAMES) soundNames.clear()
    soundNames.add(value)
  }
  return errors
}

function qualifiedNameErrors(value: string): string[] {
  const slash = value.indexOf('/')
  const name = value.slice(slash + 1)
  const isNamed = name.length <= QUALIFIED_NAME_MAX_LENGTH && LABEL_KEY_PATTERN.test(name)
  if (slash < 0 && isNamed) return []
  if (name.includes('/')) {
    const why = `a valid label key ${labelKeyRule()} with an optional DNS subdomain prefix and '/'`
    return [`${why} (e.g. 'example.com/MyName')`]
  }
  const errors = slash === 0 ? ['prefix part must be non-empty'] : slash < 0 ? [] : prefixErrors(value.slice(0, slash))
  if (isNamed) return errors
  if (name === '') errors.push('name part must be non-empty')
  else if (byteLength(name) > QUALIFIED_NAME_MAX_LENGTH) {
    errors.push(`name part ${maxLengthMessage(QUALIFIED_NAME_MAX_LENGTH, 'bytes')}`)
  }
  if (!LABEL_KEY_PATTERN.test(name)) errors.push(`name part ${labelKeyRule()}`)
  return errors
}

function labelKeyRule(): string {
  return regexMessage(LABEL_KEY_MESSAGE, LABEL_KEY, 'MyName', 'my.name', '123-abc')
}

function prefixErrors(prefix: string): string[] {
  return isDns1123Subdomain(prefix).map((message) => `prefix part ${message.replace(/ characters$/, ' bytes')}`)
}

export function isValidLabelValue(value: string): string[] {
  if (value.length <= LABEL_VALUE_MAX_LENGTH && LABEL_VALUE_PATTERN.test(value)) return []
  const errors: string[] = []
  if (byteLength(value) > LABEL_VALUE_MAX_LENGTH) errors.push(maxLengthMessage(LABEL_VALUE_MAX_LENGTH, 'bytes'))
  if (!LABEL_VALUE_PATTERN.test(value)) {
    errors.push(regexMessage(LABEL_VALUE_MESSAGE, LABEL_VALUE, 'MyValue', 'my_value', '12345'))
  }
  return errors
}

/** @public */
export function isCIdentifier(value: string): string[] {
  if (C_IDENTIFIER_PATTERN.test(value)) return []
  return [regexMessage(C_IDENTIFIER_MESSAGE, C_IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')]
}

export function isInRange(value: number, low: number, high: number): string[] {
  return value >= low && value <= high ? [] : [rangeMessage(low, high)]
}

export function isValidPortNumber(port: number): string[] {
  return isInRange(port, 1, 65535)
}

/** Linux user and group ids: 0 to 2^31 - 1. @public */
export function isValidUserOrGroupId(id: number): string[] {
  return isInRange(id, 0, 2147483647)
}

export function isValidPortName(port: string): string[] {
  const errors: string[] = []
  if (byteLength(port) > PORT_NAME_MAX_LENGTH) errors.push(maxLengthMessage(PORT_NAME_MAX_LENGTH))
  if (!/^[-a-z0-9]+$/.test(port)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  }
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)')
  if (port.includes('--')) errors.push('must not contain consecutive hyphens')
  if (port.startsWith('-') || port.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

export function isValidPercent(percent: string): string[] {
  if (PERCENT_PATTERN.test(percent)) return []
  const message = "a valid percent string must be a numeric string followed by an ending '%'"
  return [regexMessage(message, PERCENT, '1%', '93%')]
}

export function isHttpHeaderName(value: string): string[] {
  if (HEADER_NAME_PATTERN.test(value)) return []
  const message = "a valid HTTP header must consist of alphanumeric characters or '-'"
  return [regexMessage(message, HEADER_NAME, 'X-Header-Name')]
}

function hasParentFolderPrefix(value: string): string[] {
  if (value === '.') return ["must not be '.'"]
  if (value === '..') return ["must not be '..'"]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}

export function isEnvVarName(value: string): string[] {
  const errors = ENV_VAR_PATTERN.test(value)
    ? []
    : [regexMessage(ENV_VAR_MESSAGE, ENV_VAR_NAME, 'my.env-name', 'MY_ENV.NAME', 'MyEnvName1')]
  return [...errors, ...hasParentFolderPrefix(value)]
}

/** What containers accept since RelaxedEnvironmentVariableValidation became general. */
export function isRelaxedEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty']
  return /^[ -<>-~]+$/.test(value) ? [] : [RELAXED_ENV_VAR_MESSAGE]
}

/** Keys of ConfigMap and Secret data. */
export function isConfigMapKey(value: string): string[] {
  const errors: string[] = []
  if (byteLength(value) > DNS1123_SUBDOMAIN_MAX_LENGTH) errors.push(maxLengthMessage(DNS1123_SUBDOMAIN_MAX_LENGTH))
  if (!CONFIG_MAP_KEY_PATTERN.test(value)) {
    const message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    errors.push(regexMessage(message, CONFIG_MAP_KEY, 'key.name', 'KEY_NAME', 'key-name'))
  }
  return [...errors, ...hasParentFolderPrefix(value)]
}

/** Whether a name can be a segment of a URL path: what RBAC allows, where DNS rules do not hold. */
export function isPathSegmentName(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`)
}

/** `a.b.example`: at least three segments. */
export function isFullyQualifiedName(field: string, name: string): FieldError[] {
  if (name === '') return [required(field)]
  const messages = isDns1123Subdomain(name)
  if (messages.length > 0) return [invalid(field, name, messages.join(','))]
  if (name.split('.').length >= 3) return []
  return [invalid(field, name, 'should be a domain with at least three segments separated by dots')]
}

/** `example.com/a/path` */
export function isDomainPrefixedPath(field: string, path: string): FieldError[] {
  if (path === '') return [required(field)]
  const slash = path.indexOf('/')
  const [host, rest] = [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)]
  if (host === '' || rest === '') {
    return [invalid(field, path, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  const errors = isDns1123Subdomain(host).map((message) => invalid(field, host, message))
  if (!HTTP_PATH_PATTERN.test(rest)) errors.push(invalid(field, rest, regexMessage('Invalid path', HTTP_PATH)))
  return errors
}
