/**
 * The environment that rules of the API server are compiled in (apiserver pkg/cel/environment/base.go for 1.36): lists
 * and maps of literals have one type, times default to UTC, literals are checked when a rule is compiled, and these
 * libraries are there. What the rest of the system knows better (quantities, names) is passed in.
 */
import { Environment } from '../../environment.ts'
import { traversal } from '../../types/call-cost.ts'
import { declareFunction, overload } from '../../types/declarations.ts'
import { STRING } from '../../types/type.ts'
import { LISTS } from '../extensions/lists.ts'
import { OPTIONALS, TWO_VARIABLE_COMPREHENSIONS } from '../extensions/optionals.ts'
import { SETS } from '../extensions/sets.ts'
import { KUBERNETES_STRINGS } from '../extensions/strings.ts'
import type { Library } from '../library.ts'
import { CIDRS, IP_ADDRESSES } from './addresses.ts'
import { authorizers, type ServiceAccountNames } from './authorizer.ts'
import { formats, type FormatRule } from './format.ts'
import { KUBERNETES_LISTS } from './lists.ts'
import { quantities, type ReadQuantity } from './quantity.ts'
import { KUBERNETES_REGEX } from './regex.ts'
import { SEMVERS } from './semver.ts'
import { URLS } from './urls.ts'

/** Of one evaluation: about 0.1 s upstream. */
export const PER_CALL_COST_LIMIT = 1_000_000
/** Of all rules of an object, or all of a binding of an admission policy: about 1 s upstream. */
export const OBJECT_COST_BUDGET = 10_000_000
/** Of all match conditions of a webhook or of a policy's binding. */
export const MATCH_CONDITION_COST_BUDGET = 2_500_000

export interface KubernetesRules {
  readonly readQuantity: ReadQuantity
  /** By the name of their function. */
  readonly formats: ReadonlyMap<string, FormatRule>
  readonly serviceAccounts: ServiceAccountNames
}

export function kubernetesLibraries({ readQuantity, formats: rules, serviceAccounts }: KubernetesRules): Library[] {
  return [
    URLS, KUBERNETES_REGEX, KUBERNETES_LISTS, authorizers(serviceAccounts), OPTIONALS, quantities(readQuantity),
    KUBERNETES_STRINGS, SETS, IP_ADDRESSES, CIDRS, formats(rules), TWO_VARIABLE_COMPREHENSIONS, SEMVERS, LISTS,
  ]
}

export function createKubernetesEnvironment(rules: KubernetesRules): Environment {
  return new Environment({
    libraries: kubernetesLibraries(rules),
    foldsConstants: true,
    checksLiterals: true,
    isLenient: true,
    takesAnyKeys: true,
    hasEscapedNames: false,
    joinsToNull: true,
  })
}

/** `jsonpatch.escapeKey('a/b')`, for mutating admission policies only (apiserver pkg/cel/library/jsonpatch.go). */
export const JSON_PATCH: Library = {
  functions: [
    declareFunction(
      'jsonpatch.escapeKey',
      overload(
        'string_jsonpatch_escapeKey_string',
        [STRING],
        STRING,
        (key) => (key as string).replaceAll('~', '~0').replaceAll('/', '~1'),
        { cost: traversal(0, 0.1, true) },
      ),
    ),
  ],
}
