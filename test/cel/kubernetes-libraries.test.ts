/** The libraries of the API server: each row is an expression that is true, or the message that it fails with. */
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { AUTHORIZER, AuthorizerValue, RESOURCE_CHECK } from '../../src/cel/library/kubernetes/authorizer.ts'
import type { AuthorizationCheck } from '../../src/cel/library/kubernetes/authorizer.ts'
import { escapeProperty, unescapeProperty } from '../../src/cel/library/kubernetes/escape.ts'

function evaluate(expression: string): unknown {
  const { program, problem } = celEnvironment().compile(expression)
  if (program === undefined) return problem.message
  const { value, error } = program.evaluate({})
  return error === undefined ? value : error.message
}

const TRUE = [
  "url('https://user@example.com:80/a%20b?x=1&y=2&x=3#f').getHost() == 'example.com:80'",
  "url('https://example.com:80/').getHostname() == 'example.com'",
  "url('https://[::1]:80/').getHostname() == '::1'",
  "url('https://[::1]:80/').getPort() == '80'",
  "url('https://example.com/').getPort() == ''",
  "url('HTTPS://example.com/').getScheme() == 'https'",
  "url('/a b').getEscapedPath() == '/a%20b'",
  "url('https://example.com/a%20b').getEscapedPath() == '/a%20b'",
  "url('https://example.com/?k=a&k=b+c').getQuery() == {'k': ['a', 'b c']}",
  "url('https://a/') == url('https://a/')",
  "isURL('https://example.com')",
  "isURL('/relative')",
  "!isURL('relative')",
  "!isURL('https://a:b')",
  "!isURL('http://[::1')",
  "!isURL('https://a/%zz')",
  "'abc 123 def 456'.find('[0-9]+') == '123'",
  "'abc'.find('[0-9]+') == ''",
  "'123 abc 456'.findAll('[0-9]*') == ['123', '', '', '', '', '456']",
  "'123 456 789'.findAll('[0-9]+', 2) == ['123', '456']",
  "'123'.findAll('x') == []",
  '[1, 2, 2].isSorted() && ![2, 1].isSorted() && [].isSorted()',
  "['a', 'b'].isSorted()",
  '[1, 3].sum() == 4 && [].sum() == 0',
  "[duration('1m'), duration('1s')].sum() == duration('61s')",
  `duration('${'15s'.repeat(300)}') == duration('75m')`,
  '[1.5, 0.5].sum() == 2.0',
  "[1, 3].max() == 3 && ['a', 'b'].min() == 'a'",
  "['a', 'b', 'a'].indexOf('a') == 0 && ['a', 'b', 'a'].lastIndexOf('a') == 2 && ['a'].indexOf('z') == -1",
  "ip('192.168.0.1').family() == 4 && ip('::1').family() == 6",
  "ip('127.0.0.1').isLoopback() && ip('::').isUnspecified() && ip('169.254.1.1').isLinkLocalUnicast()",
  "ip('224.0.0.1').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast()",
  "ip('8.8.8.8').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && ip('10.0.0.1').isGlobalUnicast()",
  "isIP('10.0.0.1') && !isIP('10.0.0.01') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')",
  "ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD')",
  "string(ip('2001:DB8::ABCD')) == '2001:db8::abcd'",
  "ip('2001:db8::1') == ip('2001:DB8:0::1')",
  "cidr('192.168.0.0/24').containsIP(ip('192.168.0.1')) && !cidr('192.168.0.0/24').containsIP('192.168.1.1')",
  "cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && !cidr('192.168.0.0/24').containsCIDR('192.168.0.0/16')",
  "cidr('192.168.0.5/24').ip() == ip('192.168.0.5') && string(cidr('192.168.0.5/24').masked()) == '192.168.0.0/24'",
  "cidr('::/20').prefixLength() == 20 && type(cidr('::/20')) == net.CIDR",
  "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/33')",
  "quantity('1Gi') == quantity('1024Mi') && quantity('500m').isLessThan(quantity('1'))",
  "quantity('50k').add(quantity('20')) == quantity('50.02k') && quantity('50k').sub(20000) == quantity('30k')",
  "quantity('50k').isInteger() && quantity('50k').asInteger() == 50000 && !quantity('1m').isInteger()",
  "quantity('1.5').asApproximateFloat() == 1.5 && sign(quantity('-1')) == -1",
  "isQuantity('1Ki') && !isQuantity('1KI')",
  "quantity('200M').compareTo(quantity('0.2G')) == 0",
  "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))",
  "semver('1.0.0-alpha.2').compareTo(semver('1.0.0-alpha.10')) == -1 && semver('1.0.0+a') == semver('1.0.0+b')",
  "semver('v01.02', true) == semver('1.2.0') && semver('1.2.3').minor() == 2",
  "isSemver('1.2.3-rc.1+b') && !isSemver('1.2') && isSemver('1.2', true) && !isSemver('01.2.3')",
  "!format.dns1123Label().validate('my-name').hasValue()",
  "format.dns1123Label().validate('-bad-').value().size() == 1",
  "format.named('uuid').value().validate('not').value() == ['does not match the UUID format']",
  "format.named('nothing') == optional.none()",
  "!format.uri().validate('https://a/').hasValue() && format.date().validate('2020-13-01').hasValue()",
  "sets.contains([1, 2], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])",
  "[3, 1, 2].sort() == [1, 2, 3] && ['bb', 'a'].sortBy(e, e.size()) == ['a', 'bb']",
  "[1, 2, 3].slice(1, 3) == [2, 3] && [[1], [2]].flatten() == [1, 2] && lists.range(3) == [0, 1, 2]",
  "[1, 2].reverse() == [2, 1] && [1, 1, 2].distinct() == [1, 2]",
  "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && ['x'].transformList(i, v, v + string(i)) == ['x0']",
  "{'a': 'b'}.transformMapEntry(k, v, {v: k}) == {'b': 'a'}",
  "!dyn(1).?x.hasValue() && dyn('a')[?'x'].orValue(3) == 3 && optional.of(dyn(1)).x.orValue(2) == 2",
  "!dyn(null).?x.hasValue() && !dyn(true)[?'x'].hasValue() && dyn([1])[?5].orValue(6) == 6",
  "optional.of(1).optMap(x, x + 1) == optional.of(2) && {'a': 1}[?'b'].orValue(2) == 2",
  "'tacocat'.indexOf('a', 30) == -1",
  'dyn([1, 2, 3]).flatten() == [1, 2, 3]',
  // What compares, but not with one another, is neither more nor less.
  "[dyn('a'), dyn(1)].max() == 'a' && [dyn('a'), dyn(1)].min() == 'a' && [dyn('a'), dyn(1)].isSorted()",
  '[dyn(1), dyn(2.5), dyn(2u)].max() == 2.5',
  '!has(dyn(1).x) && !has(dyn(null).x)',
  "optional.ofNonZeroValue(timestamp('0001-01-01T00:00:00Z')) == optional.none()",
  "optional.ofNonZeroValue(duration('0s')) == optional.none()",
]

const FAILING: readonly (readonly [string, string])[] = [
  ["url('nothing')", 'URL parse error during conversion from string: parse "nothing": invalid URI for request'],
  ["'a'.find('(' + 'b')", 'Illegal regex: error parsing regexp: missing closing ): `(b`'],
  ['[0].slice(1, 1).min()', 'min called on empty list'],
  ["quantity('1.5').asInteger()", 'cannot convert value to integer'],
  ["semver('1.2')", 'No Major.Minor.Patch elements found'],
  ["semver('', true)", 'strconv.ParseUint: parsing "": invalid syntax'],
  ["semver('hello World', true)", 'Invalid character(s) found in major number "0hello World"'],
  ['[dyn(null)].max()', 'no such overload: max(list)'],
  ["quantity('1').add(dyn('x'))", 'no such overload: add(kubernetes.Quantity, string)'],
  ["'a'.contains(dyn(1))", 'no such overload'],
  ['size(dyn(1))', 'no such overload: size'],
  ['dyn(1).x', 'no such key: x'],
  [
    "ip('192.168.0.1.0')",
    'IP Address "192.168.0.1.0" parse error during conversion from string: ' +
      'ParseAddr("192.168.0.1.0"): IPv4 address too long',
  ],
  [
    "ip('10.0.0.01')",
    'IP Address "10.0.0.01" parse error during conversion from string: ' +
      'ParseAddr("10.0.0.01"): IPv4 field has octet with leading zero',
  ],
  [
    "ip('2026-01-02T03:04:05Z')",
    'IP Address "2026-01-02T03:04:05Z" parse error during conversion from string: ' +
      'ParseAddr("2026-01-02T03:04:05Z"): unexpected character, want colon (at "-01-02T03:04:05Z")',
  ],
  ["ip('fe80::1%eth0')", 'IP address "fe80::1%eth0" with zone value is not allowed'],
  [
    "cidr('1::2::3/8')",
    'network address parse error during conversion from string: network address parse error during conversion from ' +
      'string: netip.ParsePrefix("1::2::3/8"): ParseAddr("1::2::3"): multiple :: in address (at ":3")',
  ],
  ["ip('::ffff:1.2.3.4')", 'IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed'],
  ['[1, 2].slice(0, 3)', 'cannot slice(0, 3), list is length 2'],
]

describe('functions of the API server', () => {
  it.each(TRUE)('%s', (expression) => {
    expect(evaluate(expression)).toBe(true)
  })

  it.each(FAILING)('%s fails', (expression, message) => {
    expect(evaluate(expression)).toBe(message)
  })

  it('has a reason when a constant pattern cannot be read', () => {
    expect(evaluate("'a'.find('(')")).toBe('program instantiation failed: error parsing regexp: missing closing ): `(`')
  })
})

describe('an authorizer', () => {
  const asked: AuthorizationCheck[] = []
  const authorizer = new AuthorizerValue({
    authorize: (check) => {
      asked.push(check)
      return { isAllowed: check.verb === 'get', reason: 'a reason' }
    },
  })
  const resource = authorizer.with(RESOURCE_CHECK, { group: 'apps', resource: 'deployments', namespace: 'default' })
  const environment = celEnvironment().extend({
    variables: { authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK },
  })

  it.each([
    ["authorizer.path('/healthz').check('get').allowed()", { path: '/healthz', verb: 'get' }],
    [
      "authorizer.group('').resource('pods').subresource('log').namespace('a').name('b').check('get').allowed()",
      { group: '', resource: 'pods', subresource: 'log', namespace: 'a', name: 'b', verb: 'get' },
    ],
    [
      "!authorizer.serviceAccount('a', 'b').group('').resource('pods').labelSelector('x=y').check('list').allowed()",
      {
        serviceAccount: { namespace: 'a', name: 'b' }, group: '', resource: 'pods', labelSelector: 'x=y',
        verb: 'list',
      },
    ],
    [
      "authorizer.requestResource.check('get').reason() == 'a reason'",
      { group: 'apps', resource: 'deployments', namespace: 'default', verb: 'get' },
    ],
  ])('%s', (expression, check) => {
    const { program, problem } = environment.compile(expression)
    expect(problem).toBeUndefined()
    expect(program?.evaluate({ authorizer, 'authorizer.requestResource': resource }).value).toBe(true)
    expect(asked.at(-1)).toEqual(check)
  })

  it('refuses names that no service account can have', () => {
    const { program } = environment.compile("authorizer.serviceAccount('a', 'NO').path('/').check('get').allowed()")
    expect(program?.evaluate({ authorizer }).error?.message).toBe('Invalid service account name')
  })
})

describe('names of properties in expressions', () => {
  it.each([
    ['name', 'name'], ['for', '__for__'], ['a-b', 'a__dash__b'], ['a.b/c', 'a__dot__b__slash__c'],
    ['a__b', 'a__underscores__b'], ['namespace', '__namespace__'],
  ])('%s is %s', (property, name) => {
    expect(escapeProperty(property)).toBe(name)
    expect(unescapeProperty(name)).toBe(property)
  })

  it.each(['', '1a', 'a b', 'ä'])('%j has none', (property) => {
    expect(escapeProperty(property)).toBeUndefined()
  })
})
