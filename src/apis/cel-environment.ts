/**
 * The environment of CEL for rules about objects: the one of src/cel, with the quantities, names and formats of
 * src/apimachinery. Whoever compiles rules extends it with variables. It is made when it is first asked for, and
 * src/cel should be imported when it is needed (`await import`), because most isolates compile no rule.
 */
import type { Environment } from '../cel/environment.ts'
import { createKubernetesEnvironment } from '../cel/library/kubernetes/environment.ts'
import type { FormatRule } from '../cel/library/kubernetes/format.ts'
import type { ReadQuantity } from '../cel/library/kubernetes/quantity.ts'
import { isRequestUrl } from '../cel/library/kubernetes/urls.ts'
import { nameIsDnsLabel, nameIsDnsSubdomain } from '../apimachinery/name-rules.ts'
import { isDns1035Label, isQualifiedName, isValidLabelValue } from '../apimachinery/names.ts'
import { formatQuantity, parseQuantity, QuantityError } from '../apimachinery/quantity.ts'
import { parseTimestamp } from '../cel/values/time.ts'

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** What is wrong if the text does not hold. */
const unless = (holds: (text: string) => boolean, problem: string) => (text: string) => (holds(text) ? [] : [problem])

/** A trailing dash of a prefix ends no name. */
const dns1035Prefix = (text: string): string[] =>
  isDns1035Label(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text)

/** By function: name, the size of upstream's pattern, and the rule (apiserver pkg/cel/library/format.go). */
const FORMATS: readonly (readonly [string, string, number, FormatRule['validate']])[] = [
  ['dns1123Label', 'DNS1123Label', 30, (text) => nameIsDnsLabel(text, false)],
  ['dns1123Subdomain', 'DNS1123Subdomain', 60, (text) => nameIsDnsSubdomain(text, false)],
  ['dns1035Label', 'DNS1035Label', 30, isDns1035Label],
  ['qualifiedName', 'QualifiedName', 60, isQualifiedName],
  ['dns1123LabelPrefix', 'DNS1123LabelPrefix', 30, (text) => nameIsDnsLabel(text, true)],
  ['dns1123SubdomainPrefix', 'DNS1123SubdomainPrefix', 60, (text) => nameIsDnsSubdomain(text, true)],
  ['dns1035LabelPrefix', 'DNS1035LabelPrefix', 30, dns1035Prefix],
  ['labelValue', 'LabelValue', 40, isValidLabelValue],
  ['uri', 'URI', 1103, unless(isRequestUrl, 'invalid URI')],
  ['uuid', 'uuid', 70, unless((text) => UUID.test(text), 'does not match the UUID format')],
  ['byte', 'byte', 84, unless((text) => BASE64.test(text), 'invalid base64')],
  ['date', 'date', 71, unless((text) => parseTimestamp(`${text}T00:00:00Z`) !== undefined, 'invalid date')],
  ['datetime', 'datetime', 71, unless((text) => parseTimestamp(text) !== undefined, 'invalid datetime')],
]

function readQuantity(text: string): ReturnType<ReadQuantity> {
  try {
    const quantity = parseQuantity(text)
    const { nanos, format } = quantity
    return { nanos, print: (other) => formatQuantity(other === undefined ? quantity : { nanos: other, format }) }
  } catch (error) {
    if (error instanceof QuantityError) return { problem: error.message }
    throw error
  }
}

let environment: Environment | undefined

export function celEnvironment(): Environment {
  environment ??= createKubernetesEnvironment({
    readQuantity,
    formats: new Map(FORMATS.map(([id, name, patternSize, validate]) => [id, { name, patternSize, validate }])),
    serviceAccounts: {
      isName: (name) => nameIsDnsSubdomain(name, false).length === 0,
      isNamespace: (namespace) => nameIsDnsLabel(namespace, false).length === 0,
    },
  })
  return environment
}
