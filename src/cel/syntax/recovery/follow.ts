/** Which tokens may come at a state of the network, in the rule alone or with the rules around it. */
import { END_OF_TEXT, TOKEN_NAMES } from './grammar.ts'
import { NETWORK, type State } from './network.ts'

interface Look {
  readonly types: ReadonlySet<number>
  /** The rule can end here. */
  readonly reachesEnd: boolean
}

/** A rule that is being read: where its caller goes on, and the caller. */
export interface Calls {
  readonly next: State
  readonly caller: Calls | undefined
}

const known = new Map<State, Look>()

/** What may come before the end of the rule. No rule can be empty, so that a called one never ends without a token. */
export function look(state: State): Look {
  const found = known.get(state)
  if (found !== undefined) return found
  const types = new Set<number>()
  const seen = new Set<State>()
  let reachesEnd = false
  const visit = (at: State): void => {
    if (seen.has(at)) return
    seen.add(at)
    reachesEnd ||= at.isEnd
    for (const transition of at.transitions) {
      if (transition.kind === 'token') for (const type of transition.types) types.add(type)
      else if (transition.kind === 'rule') for (const type of look(startOf(transition.rule)).types) types.add(type)
      else visit(transition.target)
    }
  }
  visit(state)
  const answer = { types, reachesEnd }
  known.set(state, answer)
  return answer
}

export function startOf(rule: State['rule']): State {
  const start = NETWORK.starts.get(rule)
  if (start === undefined) throw new TypeError(`no rule ${rule}`)
  return start
}

/** All that may come at `state`, also behind the rules that can end there; the end of the text behind all of them. */
export function expectedTokens(state: State, calls: Calls | undefined): Set<number> {
  let { types, reachesEnd } = look(state)
  const expected = new Set(types)
  let caller = calls
  while (reachesEnd && caller !== undefined) {
    ;({ types, reachesEnd } = look(caller.next))
    for (const type of types) expected.add(type)
    caller = caller.caller
  }
  if (reachesEnd) expected.add(END_OF_TEXT)
  return expected
}

/** What may come behind any of the rules that are being read. */
export function recoverySet(calls: Calls | undefined): Set<number> {
  const types = new Set<number>()
  for (let caller = calls; caller !== undefined; caller = caller.caller) {
    for (const type of look(caller.next).types) types.add(type)
  }
  return types
}

/** A set of tokens as messages list it. */
export function listTokens(types: ReadonlySet<number>): string {
  const names = [...types].toSorted((one, other) => one - other).map((type) => TOKEN_NAMES[type] ?? '')
  return names.length === 1 ? names.join('') : `{${names.join(', ')}}`
}
