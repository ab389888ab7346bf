/** Names, labels and keys against upstream's texts (k8s.io/apimachinery pkg/util/validation/validation_test.go). */
import { describe, expect, it } from 'vitest'
import {
  isConfigMapKey,
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isDomainPrefixedPath,
  isEnvVarName,
  isFullyQualifiedName,
  isHttpHeaderName,
  isPathSegmentName,
  isQualifiedName,
  isRelaxedEnvVarName,
  isValidLabelValue,
  isValidPercent,
  isValidPortName,
  isValidPortNumber,
  isWildcardDns1123Subdomain,
  type NameCheck,
} from '../../src/apimachinery/names.ts'

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

const long = (length: number) => 'a'.repeat(length)

const CASES: [check: NameCheck, value: string, want: string[]][] = [
  [isDns1123Label, 'web-0', []],
  [isDns1123Label, long(63), []],
  [isDns1123Label, long(64), ['must be no more than 63 characters']],
  [isDns1123Label, 'a.b', ['must not contain dots']],
  [isDns1123Label, 'Web', [LABEL]],
  [isDns1123Label, '', [LABEL]],
  [isDns1123Subdomain, 'a.b-c.d', []],
  [isDns1123Subdomain, 'a..b', [SUBDOMAIN]],
  [isDns1123Subdomain, `${long(254)}`, ['must be no more than 253 characters']],
  [isDns1035Label, 'abc-1', []],
  [
    isDns1035Label,
    '1abc',
    [
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [isWildcardDns1123Subdomain, '*.bar.com', []],
  [isQualifiedName, 'example.com/My_Name.1', []],
  [isQualifiedName, 'a b', [NAME_PART]],
  [isQualifiedName, '', ['name part must be non-empty', NAME_PART]],
  [isQualifiedName, '/x', ['prefix part must be non-empty']],
  [isQualifiedName, long(64), ['name part must be no more than 63 bytes']],
  [isQualifiedName, `${long(254)}/x`, ['prefix part must be no more than 253 bytes']],
  [isQualifiedName, 'A/x', [`prefix part ${SUBDOMAIN}`]],
  [isValidLabelValue, '', []],
  [isValidLabelValue, 'v1.2_3', []],
  [isValidLabelValue, 'a/b', [LABEL_VALUE]],
  [isValidLabelValue, long(64), ['must be no more than 63 bytes']],
  [isValidPortName, 'http', []],
  [isValidPortName, 'a--b', ['must not contain consecutive hyphens']],
  [isValidPortName, '-80', ['must contain at least one letter (a-z)', 'must not begin or end with a hyphen']],
  [isValidPortName, 'much-too-long-port', ['must be no more than 15 characters']],
  [isEnvVarName, 'MY_ENV', []],
  [isEnvVarName, '..x', ["must not start with '..'"]],
  [isRelaxedEnvVarName, '1 a:b', []],
  [
    isRelaxedEnvVarName,
    'a=b',
    ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
  ],
  [isRelaxedEnvVarName, '', ['environment variable name must be non-empty']],
  [isConfigMapKey, 'a.b_c-D', []],
  [isConfigMapKey, '..', ["must not be '..'"]],
  [
    isConfigMapKey,
    'a/b',
    [
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  ],
  [isValidPercent, '25%', []],
  [
    isValidPercent,
    '25',
    [
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ],
  [isHttpHeaderName, 'X-Forwarded-For', []],
  [
    isHttpHeaderName,
    'X_A',
    [
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
    ],
  ],
  [isPathSegmentName, 'system:node', []],
  [isPathSegmentName, '..', ["may not be '..'"]],
  [isPathSegmentName, 'a/b%', ["may not contain '/'", "may not contain '%'"]],
]

describe('names', () => {
  it.each(CASES)('%o of %o', (check, value, want) => {
    expect(check(value)).toEqual(want)
  })

  it('counts lengths in bytes, as Go does', () => {
    expect(isValidLabelValue('é'.repeat(40))[0]).toBe('must be no more than 63 bytes')
  })

  it('takes ports from 1 to 65535', () => {
    expect(isValidPortNumber(443)).toEqual([])
    expect(isValidPortNumber(0)).toEqual(['must be between 1 and 65535, inclusive'])
  })

  it('wants three segments of a fully qualified name and a path after a domain', () => {
    expect(isFullyQualifiedName('spec.name', 'a.b')).toEqual([
      expect.objectContaining({
        field: 'spec.name',
        body: 'Invalid value: "a.b": should be a domain with at least three segments separated by dots',
      }),
    ])
    expect(isDomainPrefixedPath('spec.path', 'acme.io/foo')).toEqual([])
    expect(isDomainPrefixedPath('spec.path', 'acme.io')[0]?.body).toContain('must be a domain-prefixed path')
  })
})
