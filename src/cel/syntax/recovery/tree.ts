/** What could be read of a text, however broken: what each rule has found, by the labels of the grammar. */
import type { RuleName } from './grammar.ts'
import type { Typed } from './token-feed.ts'

interface Kept<T> {
  readonly label: string
  readonly what: T
}

export class Tree {
  readonly rule: RuleName
  /** The way it was read by; '' if that was never decided. */
  readonly form: string
  /** The token it begins at. */
  readonly start: Typed
  /** Lists, as most trees keep one thing or two, and there are many. */
  readonly #tokens: Kept<Typed>[] = []
  readonly #trees: Kept<Tree>[] = []

  constructor(rule: RuleName, form: string, start: Typed) {
    this.rule = rule
    this.form = form
    this.start = start
  }

  keepToken(label: string, token: Typed): void {
    if (label !== '') this.#tokens.push({ label, what: token })
  }

  /** Of a tree that stands for the one thing in it, that one is kept. */
  keepTree(label: string, tree: Tree): void {
    if (label !== '') this.#trees.push({ label, what: tree.isWrapper ? (tree.tree('operand') ?? tree) : tree })
  }

  tokens(label: string): readonly Typed[] {
    return this.#tokens.filter((kept) => kept.label === label).map(({ what }) => what)
  }

  trees(label: string): readonly Tree[] {
    return this.#trees.filter((kept) => kept.label === label).map(({ what }) => what)
  }

  token(label: string): Typed | undefined {
    return this.#tokens.find((kept) => kept.label === label)?.what
  }

  tree(label: string): Tree | undefined {
    return this.#trees.find((kept) => kept.label === label)?.what
  }

  get isWrapper(): boolean {
    switch (this.rule) {
      case 'expr':
      case 'or':
      case 'and':
        return this.token('operator') === undefined
      case 'relation':
      case 'calc':
      case 'member':
        return this.form === ''
      case 'unary':
        return this.form === 'member'
      case 'primary':
        return this.form === 'nested' || this.form === 'literal'
      case 'start':
        return true
      default:
        return false
    }
  }
}
