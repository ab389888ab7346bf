/** `url('https://…')` and its parts (apiserver pkg/cel/library/urls.go). */
import { constantCost, traversal } from '../../types/call-cost.ts'
import { declareFunction, member, overload, type FunctionDeclaration } from '../../types/declarations.ts'
import { BOOL, STRING, listOf, mapOf, objectType, type Type } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { ArrayList } from '../../values/list.ts'
import { EntryMap } from '../../values/map.ts'
import { OpaqueValue, type CelValue, type Value } from '../../values/value.ts'
import { work, workOn } from '../../values/work.ts'
import type { Library } from '../library.ts'
import { formatUrl, hostNameOf, parseRequestUrl, portOf, queryValuesOf, UrlError, type GoUrl } from './go-url.ts'

const URL_TYPE = objectType('kubernetes.URL')

class UrlValue extends OpaqueValue {
  readonly type = URL_TYPE
  readonly url: GoUrl

  constructor(url: GoUrl) {
    super()
    this.url = url
  }

  override equals(other: CelValue): boolean {
    workOn(this.url.path)
    return other instanceof UrlValue && other.asText === this.asText
  }

  override get asText(): string {
    return formatUrl(this.url)
  }
}

function parse(text: Value): Value {
  try {
    return new UrlValue(parseRequestUrl(text as string))
  } catch (error) {
    if (!(error instanceof UrlError)) throw error
    throw new EvaluationError(`URL parse error during conversion from string: ${error.message}`)
  }
}

export function isRequestUrl(text: string): boolean {
  work(text.length)
  try {
    parseRequestUrl(text)
    return true
  } catch (error) {
    if (error instanceof UrlError) return false
    throw error
  }
}

function part(name: string, id: string, type: Type, read: (url: GoUrl) => Value): FunctionDeclaration {
  return declareFunction(
    name,
    member(`url_get_${id}`, [URL_TYPE], type, (value) => {
      const { url } = value as UrlValue
      workOn(url.host)
      return read(url)
    }, { cost: constantCost(1) }),
  )
}

/** Steps of a letter. */
const QUERY_STEPS = 4

function queryOf(url: GoUrl): Value {
  work(QUERY_STEPS * url.query.length)
  return EntryMap.of([...queryValuesOf(url)].map(([name, values]) => [name, new ArrayList(values)]))
}

export const URLS: Library = {
  functions: [
    declareFunction('url', overload('string_to_url', [STRING], URL_TYPE, parse, { cost: traversal(0, 0.1, true) })),
    declareFunction('isURL', overload('is_url_string', [STRING], BOOL, (text) => isRequestUrl(text as string))),
    part('getScheme', 'scheme', STRING, ({ scheme }) => scheme),
    part('getHost', 'host', STRING, ({ host }) => host),
    part('getHostname', 'hostname', STRING, hostNameOf),
    part('getPort', 'port', STRING, portOf),
    part('getEscapedPath', 'escaped_path', STRING, ({ escapedPath }) => escapedPath),
    part('getQuery', 'query', mapOf(STRING, listOf(STRING)), queryOf),
  ],
}
