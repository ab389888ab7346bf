/**
 * The create-only kinds that answer questions about who one is and what one may do (upstream:
 * pkg/registry/authorization/*, pkg/registry/authentication/*, pkg/apis/authorization/validation). Nothing is stored;
 * who decides comes in as ports, because a review that names a namespace is decided in that namespace's object.
 */
import type { FieldError } from '../apimachinery/field-path.ts'
import { addErrors, childPath, indexPath, invalid, required } from '../apimachinery/field-path.ts'
import type { AnyObject } from '../apimachinery/meta.ts'
import { formatTime } from '../apimachinery/meta.ts'
import { SelectorError } from '../apimachinery/selector-parser.ts'
import { parseFieldSelector, parseLabelSelector } from '../apimachinery/selectors.ts'
import type { ApiStatusError } from '../apimachinery/status-error.ts'
import { badRequestError, invalidError } from '../apimachinery/status-error.ts'
import { metadataForm } from '../apis/validation/internal-form.ts'
import type { SelectorRequirement } from '../apis/validation/rules.ts'
import { validateLabelTerms, validateOperands } from '../apis/validation/rules.ts'
import type { TokenResult } from '../auth/authenticate.ts'
import type { Attributes, Decision, RuleResolver } from '../auth/authorizer.ts'
import type { UserInfo } from '../auth/user.ts'

export interface ReviewPorts {
  /** Who asks. */
  readonly user: UserInfo
  /** The namespace in the path; '' for kinds of the cluster scope. */
  readonly namespace: string
  readonly nowMs: number
  /** Decided where `attributes.namespace` lives. */
  authorize(attributes: Attributes): Decision | Promise<Decision>
  rulesFor(user: UserInfo, namespace: string): Rules | Promise<Rules>
  /** `audiences` empty: this API server's own. */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenResult>
}

type Rules = ReturnType<RuleResolver['rulesFor']>

type Review = (request: AnyObject, ports: ReviewPorts) => Promise<AnyObject>

/** By kind: the request decoded and defaulted → the object to answer with (201). Throws ApiStatusError. */
export const REVIEWS: Readonly<Record<string, Review>> = {
  SelfSubjectAccessReview: reviewOwnAccess,
  SubjectAccessReview: reviewAccess,
  LocalSubjectAccessReview: reviewLocalAccess,
  SelfSubjectRulesReview: reviewOwnRules,
  SelfSubjectReview: reviewSelf,
  TokenReview: reviewToken,
}

interface SelectorAttributes {
  rawSelector?: string
  requirements?: SelectorRequirement[] | null
}

interface ResourceAttributes {
  namespace?: string
  verb?: string
  group?: string
  version?: string
  resource?: string
  subresource?: string
  name?: string
  fieldSelector?: SelectorAttributes | null
  labelSelector?: SelectorAttributes | null
}

interface AccessSpec {
  resourceAttributes?: ResourceAttributes | null
  nonResourceAttributes?: { path?: string; verb?: string } | null
  user?: string
  groups?: string[] | null
  uid?: string
  extra?: Record<string, string[]> | null
}

async function reviewOwnAccess(request: AnyObject, ports: ReviewPorts): Promise<AnyObject> {
  const spec = specOf(request)
  refuseInvalid([...questionErrors(spec), ...selectorErrors(spec), ...metadataErrors(request)])
  return decide(request, spec, ports.user, ports)
}

async function reviewAccess(request: AnyObject, ports: ReviewPorts): Promise<AnyObject> {
  const spec = specOf(request)
  refuseInvalid([...subjectErrors(spec), ...metadataErrors(request)])
  return decide(request, spec, subjectOf(spec), ports)
}

async function reviewLocalAccess(request: AnyObject, ports: ReviewPorts): Promise<AnyObject> {
  const spec = specOf(request)
  const namespace = request.metadata.namespace ?? ''
  const errors = [...subjectErrors(spec), ...metadataErrors(request, 'namespace')]
  const asked = spec.resourceAttributes?.namespace ?? ''
  if (spec.resourceAttributes && asked !== namespace) {
    errors.push(invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'))
  }
  if (spec.nonResourceAttributes) {
    const printed = printedPath(spec.nonResourceAttributes)
    errors.push(invalid('spec.nonResourceAttributes', printed, 'disallowed on this kind of request'))
  }
  refuseInvalid(errors)
  if (namespace !== ports.namespace) {
    throw badRequestError(`spec.resourceAttributes.namespace must match namespace: ${ports.namespace}`)
  }
  return decide(request, spec, subjectOf(spec), ports)
}

async function reviewOwnRules(request: AnyObject, ports: ReviewPorts): Promise<AnyObject> {
  const { namespace = '' } = (request.spec ?? {}) as { namespace?: string }
  if (namespace === '') throw badRequestError('no namespace on request')
  const { rules, errors } = await ports.rulesFor(ports.user, namespace)
  const resourceRules = rules
    .filter(({ resources }) => (resources ?? []).length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      ...(apiGroups === undefined ? {} : { apiGroups }),
      ...(resources === undefined ? {} : { resources }),
      ...(resourceNames === undefined ? {} : { resourceNames }),
    }))
  const nonResourceRules = rules
    .filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }))
  const evaluationError = errors.length > 1 ? `[${errors.join(', ')}]` : errors.join('')
  return {
    apiVersion: request.apiVersion,
    kind: request.kind,
    metadata: {},
    spec: {},
    status: {
      resourceRules,
      nonResourceRules,
      incomplete: false,
      ...(evaluationError === '' ? {} : { evaluationError }),
    },
  }
}

function reviewSelf(request: AnyObject, { user, nowMs }: ReviewPorts): Promise<AnyObject> {
  return Promise.resolve({
    apiVersion: request.apiVersion,
    kind: request.kind,
    metadata: { creationTimestamp: formatTime(nowMs) },
    status: { userInfo: userFields(user) },
  })
}

async function reviewToken(request: AnyObject, ports: ReviewPorts): Promise<AnyObject> {
  const { token = '', audiences } = (request.spec ?? {}) as { token?: string; audiences?: string[] | null }
  if (ports.namespace !== '') throw badRequestError(`namespace is not allowed on this type: ${ports.namespace}`)
  if (token === '') throw badRequestError('token is required for TokenReview in authentication')
  const result = await ports.reviewToken(token, audiences ?? [])
  if (result.user === undefined) return { ...request, status: { user: {}, error: result.failure } }
  return {
    ...request,
    status: { authenticated: true, user: userFields(result.user), audiences: [...result.audiences] },
  }
}

function userFields({ username, uid, groups, extra }: UserInfo): Record<string, unknown> {
  return {
    username,
    ...(uid === undefined || uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** Decoded against the schema: the fields have their types, or are not there. */
function specOf(request: AnyObject): AccessSpec {
  return (request.spec ?? {})
}

function subjectOf({ user = '', groups, uid, extra }: AccessSpec): UserInfo {
  return {
    username: user,
    groups: groups ?? [],
    ...(uid === undefined ? {} : { uid }),
    ...(extra === undefined || extra === null ? {} : { extra }),
  }
}

async function decide(request: AnyObject, spec: AccessSpec, user: UserInfo, ports: ReviewPorts): Promise<AnyObject> {
  const { isAllowed, reason } = await ports.authorize(attributesOf(spec, user))
  const evaluationError = unreadSelectors(spec).join('; ')
  return {
    ...request,
    status: {
      allowed: isAllowed,
      ...(reason === '' ? {} : { reason }),
      ...(evaluationError === '' ? {} : { evaluationError }),
    },
  }
}

/** Selectors that no authorizer is told of, as they, or some of their requirements, cannot be read (util/helpers.go). */
function unreadSelectors({ resourceAttributes }: AccessSpec): string[] {
  return (['fieldSelector', 'labelSelector'] as const).flatMap((field) => {
    const { rawSelector = '', requirements } = resourceAttributes?.[field] ?? {}
    const list = requirements ?? []
    const isReadable = field === 'fieldSelector' ? isFieldRequirement : isLabelRequirement
    const read = list.filter(isReadable).length
    const isWhole = rawSelector === '' ? read === list.length : isSelector(field, rawSelector)
    if (isWhole) return []
    return [`spec.resourceAttributes.${field} ${read > 0 ? 'partially ' : ''}ignored due to parse error`]
  })
}

function isLabelRequirement({ operator = '' }: SelectorRequirement): boolean {
  return ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)
}

/** Fields are compared with one value. */
function isFieldRequirement({ operator = '', values }: SelectorRequirement): boolean {
  return ['In', 'NotIn'].includes(operator) && values?.length === 1
}

function isSelector(field: 'fieldSelector' | 'labelSelector', text: string): boolean {
  try {
    if (field === 'fieldSelector') parseFieldSelector(text)
    else parseLabelSelector(text)
    return true
  } catch (error) {
    if (error instanceof SelectorError) return false
    throw error
  }
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: AccessSpec, user: UserInfo): Attributes {
  if (!resourceAttributes) {
    return { isResource: false, user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' }
  }
  const {
    verb = '',
    group = '',
    version = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
  } = resourceAttributes
  return {
    isResource: true,
    user,
    verb,
    group,
    version: version === '' ? '*' : version,
    resource,
    subresource,
    namespace,
    name,
  }
}

function questionErrors({ resourceAttributes, nonResourceAttributes }: AccessSpec): FieldError[] {
  const path = 'spec.nonResourceAttributes'
  if (resourceAttributes && nonResourceAttributes) {
    const printed = printedPath(nonResourceAttributes)
    return [invalid(path, printed, 'cannot be specified in combination with resourceAttributes')]
  }
  if (resourceAttributes || nonResourceAttributes) return []
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  return [invalid('spec.resourceAttributes', null, detail)]
}

/** In the names of upstream's internal type, which has no others. */
function printedPath({ path = '', verb = '' }: NonNullable<AccessSpec['nonResourceAttributes']>): object {
  return { Path: path, Verb: verb }
}

function subjectErrors(spec: AccessSpec): FieldError[] {
  const isNobody = (spec.user ?? '') === '' && (spec.groups ?? []).length === 0
  const nobody = isNobody ? [invalid('spec.user', '', 'at least one of user or group must be specified')] : []
  return [...questionErrors(spec), ...nobody, ...selectorErrors(spec)]
}

/** Operators that are not known here may be so to an authorizer. */
function selectorErrors({ resourceAttributes }: AccessSpec): FieldError[] {
  const errors: FieldError[] = []
  for (const field of ['fieldSelector', 'labelSelector'] as const) {
    const selector = resourceAttributes?.[field]
    if (!selector) continue
    const path = `spec.resourceAttributes.${field}`
    const raw = selector.rawSelector ?? ''
    const hasRequirements = (selector.requirements ?? []).length > 0
    if (raw !== '' && hasRequirements) {
      errors.push(invalid(`${path}.rawSelector`, raw, 'may not specified at the same time as requirements'))
    }
    if (raw === '' && !hasRequirements) {
      errors.push(
        required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`),
      )
    }
    for (const [index, requirement] of (selector.requirements ?? []).entries()) {
      const at = indexPath(`${path}.requirements`, index)
      if (field === 'fieldSelector') {
        if ((requirement.key ?? '') === '') errors.push(required(childPath(at, 'key'), 'must be specified'))
        errors.push(...validateOperands(requirement, at))
      } else {
        errors.push(...validateOperands(requirement, at))
        addErrors(errors, validateLabelTerms(requirement, at))
      }
    }
  }
  return errors
}

/** Reviews have no metadata (but, for the local one, its namespace). */
function metadataErrors({ metadata }: AnyObject, allowed?: 'namespace'): FieldError[] {
  const said = Object.entries(metadata).filter(
    ([name, value]) => name !== 'managedFields' && name !== allowed && (value ?? '') !== '',
  )
  if (said.length === 0) return []
  const why = allowed === undefined ? 'must be empty' : 'must be empty except for namespace'
  return [invalid('metadata', metadataForm(metadata), why)]
}

function refuseInvalid(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidReview(errors)
}

/** Upstream has lost the kind by the time it validates, so its message begins with the group's dot. */
function invalidReview(errors: readonly FieldError[]): ApiStatusError {
  return invalidError({ group: 'authorization.k8s.io', kind: '' }, '', errors)
}
