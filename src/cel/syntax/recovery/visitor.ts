/**
 * The tree of a text that may be broken, as an expression: cel-go's visitor (parser.go) with the errors it adds, of
 * literals, names and macros. Of what could not be read the place matters: messages about a macro's argument name it.
 */
import { BEFORE_START, NOWHERE, type Issue } from '../../source.ts'
import { MacroError } from '../macro-error.ts'
import { expandMacro, type Macros } from '../macros.ts'
import { ExpressionFactory } from '../expression-factory.ts'
import type { Entry, Expression, FieldValue } from '../expression.ts'
import { literalOf, isUnreadable } from '../literals.ts'
import { balance, PRODUCTS, RELATIONS, RESERVED, SUMS } from '../operators.ts'
import { GaveUp } from './broken-parser.ts'
import type { Typed } from './token-feed.ts'
import type { Tree } from './tree.ts'

/** Operators, selections and branches on top of each other. */
const MAX_DEPTH = 250
const BINARY = new Map([...RELATIONS, ...SUMS, ...PRODUCTS])

export interface VisitorOptions {
  readonly macros: Macros
  /** Names between backticks. */
  readonly hasEscapedNames: boolean
}

export class Visitor {
  readonly #options: VisitorOptions
  readonly #issues: Issue[]
  readonly #factory = new ExpressionFactory()
  #depth = 0

  /** Adds to `issues` what is wrong. */
  constructor(options: VisitorOptions, issues: Issue[]) {
    this.#options = options
    this.#issues = issues
  }

  visit(tree: Tree | undefined): Expression {
    switch (tree?.rule) {
      case 'start':
        return this.visit(tree.tree('operand'))
      case 'expr':
        return this.#deeper(() => this.#conditional(tree))
      case 'or':
        return this.#logical(tree, '_||_')
      case 'and':
        return this.#logical(tree, '_&&_')
      case 'relation':
      case 'calc':
        return this.#deeper(() => this.#binary(tree))
      case 'unary':
        return this.#unary(tree)
      case 'member':
        return this.#deeper(() => this.#member(tree))
      case 'primary':
        return this.#primary(tree)
      case 'literal':
        return this.#literal(tree)
      default:
        return this.#unread(BEFORE_START)
    }
  }

  #at(token: Typed | undefined): ExpressionFactory {
    return this.#factory.at(token?.start ?? NOWHERE)
  }

  #unread(offset: number): Expression {
    return this.#factory.at(offset).literal(null)
  }

  #problem(offset: number, message: string): Expression {
    this.#issues.push({ offset, message })
    return this.#unread(offset)
  }

  #deeper(visit: () => Expression): Expression {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new GaveUp('max recursion depth exceeded')
    const expression = visit()
    this.#depth -= 1
    return expression
  }

  #conditional(tree: Tree): Expression {
    const condition = this.visit(tree.tree('operand'))
    const branches = [this.visit(tree.tree('then')), this.visit(tree.tree('else'))]
    return this.#at(tree.token('operator')).call('_?_:_', condition, ...branches)
  }

  #logical(tree: Tree, name: string): Expression {
    const terms = [tree.tree('operand'), ...tree.trees('more')].map((term) => this.visit(term))
    const operators = tree.tokens('operator')
    const joined = balance(terms, (operator, left, right) => this.#at(operators[operator]).call(name, left, right))
    return joined ?? this.#unread(tree.start.start)
  }

  #binary(tree: Tree): Expression {
    const operator = tree.token('operator')
    const [left, right] = [this.visit(tree.tree('operand')), this.visit(tree.tree('right'))]
    return this.#at(operator).call(BINARY.get(operator?.text ?? '') ?? '', left, right)
  }

  #unary(tree: Tree): Expression {
    if (tree.form === '') return this.#at(tree.start).literal('<<error>>')
    const operators = tree.tokens('operator')
    const operand = this.visit(tree.tree('operand'))
    return operators.length % 2 === 0 ? operand : this.#at(operators[0]).call(tree.form, operand)
  }

  #member(tree: Tree): Expression {
    const operand = this.visit(tree.tree('operand'))
    switch (tree.form) {
      case 'select':
        return this.#selection(tree, operand)
      case 'call':
        return this.#memberCall(tree, operand)
      default:
        return this.#index(tree, operand)
    }
  }

  #selection(tree: Tree, operand: Expression): Expression {
    const [operator, name] = [tree.token('operator'), tree.tree('name')]
    if (name === undefined) return this.#unread(tree.start.start)
    const field = this.#fieldName(name, name.start.start) ?? ''
    if (tree.token('optional') === undefined) return this.#at(operator).select(operand, field)
    return this.#at(operator).call('_?._', operand, this.#at(name.start).literal(field))
  }

  #fieldName(tree: Tree | undefined, offset: number): string | undefined {
    const text = tree?.token('name')?.text ?? ''
    if (tree?.form === 'plain') return text
    if (tree?.form !== 'escaped') this.#problem(offset, 'unsupported ident kind')
    else if (!this.#options.hasEscapedNames) this.#problem(offset, "unsupported syntax: '`'")
    else return text.slice(1, -1)
    return undefined
  }

  #memberCall(tree: Tree, operand: Expression): Expression {
    const name = tree.token('name')
    if (name === undefined) return this.#unread(tree.start.start)
    const args = this.#arguments(tree)
    const make = this.#at(tree.token('open'))
    return this.#expand(make, name.text, operand, args) ?? make.memberCall(name.text, operand, ...args)
  }

  #index(tree: Tree, operand: Expression): Expression {
    const name = tree.token('optional') === undefined ? '_[_]' : '_[?_]'
    return this.#at(tree.token('operator')).call(name, operand, this.visit(tree.tree('index')))
  }

  #arguments(tree: Tree): Expression[] {
    return (tree.tree('arguments')?.trees('value') ?? []).map((value) => this.visit(value))
  }

  #expand(make: ExpressionFactory, name: string, target: Expression | undefined, args: readonly Expression[]) {
    try {
      return expandMacro(this.#options.macros, make, name, target, args)
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      return this.#problem(error.offset, error.message)
    }
  }

  #primary(tree: Tree): Expression {
    switch (tree.form) {
      case 'identifier':
      case 'call':
        return this.#named(tree)
      case 'list':
        return this.#list(tree)
      case 'map':
        return this.#map(tree)
      case 'message':
        return this.#message(tree)
      default:
        return this.#unread(BEFORE_START)
    }
  }

  #named(tree: Tree): Expression {
    const name = tree.token('name')
    if (name === undefined) return this.#unread(tree.start.start)
    if (RESERVED.has(name.text)) return this.#problem(tree.start.start, `reserved identifier: ${name.text}`)
    const text = tree.token('dot') === undefined ? name.text : `.${name.text}`
    if (tree.form === 'identifier') return this.#at(name).identifier(text)
    const args = this.#arguments(tree)
    const make = this.#at(tree.token('open'))
    return this.#expand(make, text, undefined, args) ?? make.call(text, ...args)
  }

  #list(tree: Tree): Expression {
    const items = tree.tree('items')?.trees('value') ?? []
    const elements = items.map((item) => this.visit(item.tree('operand')))
    const optionals = [...items.keys()].filter((index) => items[index]?.token('optional') !== undefined)
    return this.#at(tree.token('open')).list(elements, optionals)
  }

  #map(tree: Tree): Expression {
    const items = tree.tree('items')
    const [keys, values] = [items?.trees('key') ?? [], items?.trees('value') ?? []]
    const entries: Entry[] = []
    for (const [index, colon] of (items?.tokens('colon') ?? []).entries()) {
      const [key, value] = [keys[index], values[index]]
      // Something is missing, which has been told: the entries are given up.
      if (key === undefined || value === undefined) return this.#at(tree.token('open')).map()
      const isOptional = key.token('optional') !== undefined
      entries.push(this.#at(colon).entry(this.visit(key.tree('operand')), this.visit(value), isOptional))
    }
    return this.#at(tree.token('open')).map(entries)
  }

  #message(tree: Tree): Expression {
    const dotted = tree.tokens('name').map(({ text }) => text).join('.')
    const typeName = tree.token('dot') === undefined ? dotted : `.${dotted}`
    return this.#at(tree.token('open')).struct(typeName, this.#fields(tree.tree('items')))
  }

  #fields(items: Tree | undefined): FieldValue[] {
    const fields: FieldValue[] = []
    const [colons, values] = [items?.tokens('colon') ?? [], items?.trees('value') ?? []]
    for (const [index, field] of (items?.trees('key') ?? []).entries()) {
      const [colon, value] = [colons[index], values[index]]
      if (items === undefined || colon === undefined || value === undefined) return []
      const name = this.#fieldName(field.tree('name'), items.start.start)
      if (name === undefined) continue
      fields.push(this.#at(colon).field(name, this.visit(value), field.token('optional') !== undefined))
    }
    return fields
  }

  #literal(tree: Tree): Expression {
    const text = tree.token('text')
    if (tree.form === '' || text === undefined) return this.#unread(BEFORE_START)
    const sign = tree.token('sign') === undefined ? '' : '-'
    const value = literalOf(tree.form, text.text, sign)
    if (isUnreadable(value)) return this.#problem(tree.start.start, value.problem)
    return this.#at(tree.start).literal(value)
  }
}
