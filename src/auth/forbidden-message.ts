/**
 * What somebody who is refused reads. Clients and tests match on the text, so it is upstream's
 * (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go).
 */
import type { ApiStatusError } from '../apimachinery/status-error.ts'
import { forbiddenError } from '../apimachinery/status-error.ts'
import type { Attributes } from './authorizer.ts'

const HTML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** `reason` is appended when there is one. */
export function forbiddenMessage(attributes: Attributes, reason: string): string {
  const message = refusal(attributes).replaceAll(/[&<>]/g, (char) => HTML_ESCAPES[char] ?? char)
  return reason === '' ? message : `${message}: ${reason}`
}

/** The whole 403 for these attributes. */
export function forbiddenAccessError(attributes: Attributes, reason: string): ApiStatusError {
  const resource = attributes.isResource
    ? { group: attributes.group, resource: attributes.resource }
    : { group: '', resource: '' }
  return forbiddenError(resource, attributes.isResource ? attributes.name : '', forbiddenMessage(attributes, reason))
}

function refusal(attributes: Attributes): string {
  const user = JSON.stringify(attributes.user.username)
  if (!attributes.isResource) return `User ${user} cannot ${attributes.verb} path ${JSON.stringify(attributes.path)}`
  const { verb, resource, subresource, group, namespace } = attributes
  const combined = JSON.stringify(subresource === '' ? resource : `${resource}/${subresource}`)
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`
  return `User ${user} cannot ${verb} resource ${combined} in API group ${JSON.stringify(group)} ${where}`
}
