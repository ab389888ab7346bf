/**
 * The grammar of the language as data: what each rule is made of, in the order in which cel-go's generated parser tries
 * it (parser/gen/CEL.g4, which names the tokens, too: messages list them). Only the telling of errors reads it; texts
 * that parse are read by `parser.ts`.
 */

/** Tokens as messages name them; the number of a type is its place here, and lists in messages are in this order. */
export const TOKEN_NAMES: readonly string[] = [
  '<EOF>',
  ...['==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', ':'],
  ...['+', '*', '/', '%', 'true', 'false', 'null'],
].map((text, index) => (index === 0 ? text : `'${text}'`))
  .concat('NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER', 'ESC_IDENTIFIER')

const TYPES = new Map(TOKEN_NAMES.map((name, type) => [/^'.*'$/.test(name) ? name.slice(1, -1) : name, type]))

/** Of a symbol or keyword as it is written, or of a class of tokens by its name. */
export function tokenType(name: string): number {
  const type = TYPES.get(name)
  if (type === undefined) throw new TypeError(`no token is called ${name}`)
  return type
}

export const END_OF_TEXT = 0

export type RuleName =
  | 'start' | 'expr' | 'or' | 'and' | 'relation' | 'calc' | 'unary' | 'member' | 'primary' | 'arguments' | 'elements'
  | 'fields' | 'field' | 'entries' | 'fieldName' | 'item' | 'literal'

export type Part =
  /** One of several tokens; what `label` names is kept in the tree, as is what a rule made. */
  | { readonly kind: 'token'; readonly types: readonly number[]; readonly label: string }
  | { readonly kind: 'rule'; readonly rule: RuleName; readonly precedence: number; readonly label: string }
  /** `looksAhead`: the next token alone does not tell whether there is one more. */
  | { readonly kind: 'maybe' | 'many' | 'some'; readonly parts: readonly Part[]; readonly looksAhead: boolean }
  | Choice

interface Choice {
  readonly kind: 'choice'
  readonly ways: readonly Way[]
  readonly looksAhead: boolean
}

/** One of several ways to go on. `form` is what the tree calls it. */
export interface Way {
  readonly form: string
  readonly parts: readonly Part[]
  /** Of operators behind an operand of the same rule: those of a lower level than the rule was entered with wait. */
  readonly level?: number
}

export interface Rule {
  readonly parts: readonly Part[]
  /** What may follow, again and again, when the parts have been read: the rule's own result becomes its operand. */
  readonly operators?: readonly Way[]
}

function token(names: string, label = ''): Part {
  return { kind: 'token', types: names.split(' ').map(tokenType), label }
}

function rule(name: RuleName, label = '', precedence = 0): Part {
  return { kind: 'rule', rule: name, precedence, label }
}

function maybe(...parts: readonly Part[]): Part {
  return { kind: 'maybe', parts, looksAhead: false }
}

function many(looksAhead: boolean, ...parts: readonly Part[]): Part {
  return { kind: 'many', parts, looksAhead }
}

function some(looksAhead: boolean, ...parts: readonly Part[]): Part {
  return { kind: 'some', parts, looksAhead }
}

function choice(looksAhead: boolean, ...ways: readonly Way[]): Choice {
  return { kind: 'choice', ways, looksAhead }
}

function way(form: string, ...parts: readonly Part[]): Way {
  return { form, parts }
}

function operator(level: number, form: string, ...parts: readonly Part[]): Way {
  return { form, parts, level }
}

const OPERAND = 'operand'
const CALL: readonly Part[] = [token('(', 'open'), maybe(rule('arguments', 'arguments')), token(')')]
const TRAILING_COMMA = maybe(token(','))
const LEADING_DOT = maybe(token('.', 'dot'))
const FIELD_VALUE: readonly Part[] = [rule('field', 'key'), token(':', 'colon'), rule('expr', 'value')]
const ENTRY: readonly Part[] = [rule('item', 'key'), token(':', 'colon'), rule('expr', 'value')]
const SIGN = maybe(token('-', 'sign'))

export const GRAMMAR: Readonly<Record<RuleName, Rule>> = {
  start: { parts: [rule('expr', OPERAND), token('<EOF>')] },
  expr: {
    parts: [rule('or', OPERAND), maybe(token('?', 'operator'), rule('or', 'then'), token(':'), rule('expr', 'else'))],
  },
  or: { parts: [rule('and', OPERAND), many(false, token('||', 'operator'), rule('and', 'more'))] },
  and: { parts: [rule('relation', OPERAND), many(false, token('&&', 'operator'), rule('relation', 'more'))] },
  relation: {
    parts: [rule('calc', OPERAND)],
    operators: [operator(1, 'binary', token('== != in < <= >= >', 'operator'), rule('relation', 'right', 2))],
  },
  calc: {
    parts: [rule('unary', OPERAND)],
    operators: [
      operator(2, 'binary', token('* / %', 'operator'), rule('calc', 'right', 3)),
      operator(1, 'binary', token('- +', 'operator'), rule('calc', 'right', 2)),
    ],
  },
  unary: {
    parts: [
      choice(
        true,
        way('member', rule('member', OPERAND)),
        way('!_', some(false, token('!', 'operator')), rule('member', OPERAND)),
        way('-_', some(true, token('-', 'operator')), rule('member', OPERAND)),
      ),
    ],
  },
  member: {
    parts: [rule('primary', OPERAND)],
    operators: [
      operator(3, 'select', token('.', 'operator'), maybe(token('?', 'optional')), rule('fieldName', 'name')),
      operator(2, 'call', token('.', 'operator'), token('IDENTIFIER', 'name'), ...CALL),
      operator(1, 'index', token('[', 'operator'), maybe(token('?', 'optional')), rule('expr', 'index'), token(']')),
    ],
  },
  primary: {
    parts: [
      choice(
        true,
        way('identifier', LEADING_DOT, token('IDENTIFIER', 'name')),
        way('call', LEADING_DOT, token('IDENTIFIER', 'name'), ...CALL),
        way('nested', token('('), rule('expr', OPERAND), token(')')),
        way('list', token('[', 'open'), maybe(rule('elements', 'items')), TRAILING_COMMA, token(']')),
        way('map', token('{', 'open'), maybe(rule('entries', 'items')), TRAILING_COMMA, token('}')),
        way(
          'message', LEADING_DOT, token('IDENTIFIER', 'name'), many(false, token('.'), token('IDENTIFIER', 'name')),
          token('{', 'open'), maybe(rule('fields', 'items')), TRAILING_COMMA, token('}'),
        ),
        way('literal', rule('literal', OPERAND)),
      ),
    ],
  },
  arguments: { parts: [rule('expr', 'value'), many(false, token(','), rule('expr', 'value'))] },
  elements: { parts: [rule('item', 'value'), many(true, token(','), rule('item', 'value'))] },
  fields: { parts: [...FIELD_VALUE, many(true, token(','), ...FIELD_VALUE)] },
  field: { parts: [maybe(token('?', 'optional')), rule('fieldName', 'name')] },
  entries: { parts: [...ENTRY, many(true, token(','), ...ENTRY)] },
  fieldName: {
    parts: [choice(false, way('plain', token('IDENTIFIER', 'name')), way('escaped', token('ESC_IDENTIFIER', 'name')))],
  },
  item: { parts: [maybe(token('?', 'optional')), rule('expr', OPERAND)] },
  literal: {
    parts: [
      choice(
        true,
        way('int', SIGN, token('NUM_INT', 'text')),
        way('uint', token('NUM_UINT', 'text')),
        way('float', SIGN, token('NUM_FLOAT', 'text')),
        way('string', token('STRING', 'text')),
        way('bytes', token('BYTES', 'text')),
        way('true', token('true', 'text')),
        way('false', token('false', 'text')),
        way('null', token('null', 'text')),
      ),
    ],
  },
}
