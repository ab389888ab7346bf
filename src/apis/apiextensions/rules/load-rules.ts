/**
 * Rules need the expression language, which most objects never do: it is loaded when the first definition with rules is
 * read or written, before the turn in which they are judged.
 */
import type { RuleJudge } from '../validation/version-schema.ts'
import type { validateRules } from './validate-rules.ts'

export interface Rules {
  readonly judge: RuleJudge
  readonly validate: typeof validateRules
}

let loaded: Rules | undefined

/** undefined when they are there already. */
export function loadRules(): Promise<void> | undefined {
  return loaded === undefined ? load() : undefined
}

async function load(): Promise<void> {
  const [{ ruleJudge }, { validateRules }] = await Promise.all([import('./judge.ts'), import('./validate-rules.ts')])
  loaded = { judge: ruleJudge, validate: validateRules }
}

/** Throws when nobody has loaded them. */
export function loadedRules(): Rules {
  if (loaded === undefined) throw new Error('rules are used before they are loaded')
  return loaded
}
