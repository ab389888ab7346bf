/**
 * Webhooks that this server calls, wherever they are registered: where they are, and which reviews they read.
 * Upstream: k8s.io/apiserver pkg/util/webhook/validation.go; the versions are judged alike in
 * pkg/apis/admissionregistration/validation/validation.go and in apiextensions' own.
 */
import { childPath, indexPath, invalid, required, type FieldError } from '../../apimachinery/field-path.ts'
import { isDns1035Label, isDns1123Subdomain, isValidPortNumber } from '../../apimachinery/names.ts'
import { repeats } from './repeats.ts'

export const REVIEW_VERSIONS = ['v1', 'v1beta1']
const URL_FORM = '; desired format: https://host[/path]'

interface ServiceReference {
  readonly name: string
  readonly namespace: string
  readonly path?: string | undefined
  readonly port?: number | undefined
}

interface WebhookTarget {
  readonly url?: string | undefined
  readonly service?: ServiceReference | undefined
}

export function validateWebhookTarget({ url, service }: WebhookTarget, field: string): FieldError[] {
  if (url !== undefined && service === undefined) return validateWebhookUrl(url, childPath(field, 'url'))
  if (url === undefined && service !== undefined) return validateWebhookService(service, childPath(field, 'service'))
  return [required(field, 'exactly one of url or service is required')]
}

export function hasKnownReviewVersion(versions: readonly string[]): boolean {
  return versions.some((version) => REVIEW_VERSIONS.includes(version))
}

export function validateReviewVersions(
  versions: readonly string[],
  field: string,
  requiresKnown: boolean,
  whyRequired = '',
): FieldError[] {
  if (versions.length === 0) return [required(field, whyRequired)]
  const errors: FieldError[] = []
  const isRepeat = repeats()
  for (const [index, version] of versions.entries()) {
    const at = indexPath(field, index)
    if (isRepeat(version)) errors.push(invalid(at, version, 'duplicate version'))
    else errors.push(...isDns1035Label(version).map((message) => invalid(at, version, message)))
  }
  if (requiresKnown && !hasKnownReviewVersion(versions)) {
    errors.push(invalid(field, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`))
  }
  return errors
}

/** Scheme, user, host, query and fragment as Go's url.Parse takes them apart. */
const URL_PARTS = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

function validateWebhookUrl(url: string, field: string): FieldError[] {
  const problem = urlProblem(url)
  if (problem !== undefined) {
    return [required(field, `url must be a valid URL: parse ${JSON.stringify(url)}: ${problem}${URL_FORM}`)]
  }
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = URL_PARTS.exec(url) ?? []
  const errors: FieldError[] = []
  const protocol = scheme.toLowerCase()
  if (protocol !== 'https') {
    errors.push(invalid(field, protocol, `'https' is the only allowed URL scheme${URL_FORM}`))
  }
  if (host === '') errors.push(invalid(field, host, `host must be specified${URL_FORM}`))
  if (user !== undefined) errors.push(invalid(field, user, 'user information is not permitted in the URL'))
  if (fragment !== '') errors.push(invalid(field, fragment, 'fragments are not permitted in the URL'))
  if (query !== '') errors.push(invalid(field, query, 'query parameters are not permitted in the URL'))
  return errors
}

/** What url.Parse would say; the commonest of its complaints. */
function urlProblem(url: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- what net/url refuses
  if (/[\x00-\x1f\x7f]/.test(url)) return 'net/url: invalid control character in URL'
  if (url.startsWith(':')) return 'missing protocol scheme'
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(url)
  if (escape !== null) return `invalid URL escape ${JSON.stringify(escape[0])}`
  const [, scheme, , host = '', path = ''] = URL_PARTS.exec(url) ?? []
  if (scheme === undefined && /^[^/]*:/.test(path)) return 'first path segment in URL cannot contain colon'
  const port = /(?<=[^:\]]|\])(:[^:\]]*[^0-9:\]][^:\]]*)$/.exec(host)?.[1]
  if (port !== undefined) return `invalid port ${JSON.stringify(port)} after host`
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host"
  const wrong = /[ "<>\\^`{|}]/.exec(host)
  return wrong === null ? undefined : `invalid character ${JSON.stringify(wrong[0])} in host name`
}

/** Upstream hands name and namespace over in the wrong order; what is told is the other one's name. */
function validateWebhookService(service: ServiceReference, field: string): FieldError[] {
  const at = (name: string): string => childPath(field, name)
  const { name, namespace, path = '', port = 443 } = service
  const errors: FieldError[] = []
  if (namespace === '') errors.push(required(at('name')))
  if (name === '') errors.push(required(at('namespace')))
  const problems = isValidPortNumber(port)
  if (problems.length > 0) errors.push(invalid(at('port'), port, `port is not valid: ${problems.join(', ')}`))
  if (path === '' || path === '/') return errors
  if (path === '//') return [...errors, invalid(at('path'), path, 'segment[0] may not be empty')]
  if (!path.startsWith('/')) errors.push(invalid(at('path'), path, "must start with a '/'"))
  // Go takes the first byte off, which leaves something of a letter that has more.
  const rest = path.charCodeAt(0) < 0x80 ? path.slice(1) : `\uFFFD${path.slice(1)}`
  const segments = rest.replace(/\/$/, '').split('/')
  for (const [index, segment] of segments.entries()) {
    const where = `segment[${String(index)}]`
    if (segment === '') errors.push(invalid(at('path'), path, `${where} may not be empty`))
    else errors.push(...isDns1123Subdomain(segment).map((why) => invalid(at('path'), path, `${where}: ${why}`)))
  }
  return errors
}
