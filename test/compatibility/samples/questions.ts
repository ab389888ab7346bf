/** Kinds that are answered and never stored. */
import { selfSubjectReview } from '../../../src/apis/authentication/self-subject-review.ts'
import { tokenReview } from '../../../src/apis/authentication/token-review.ts'
import { localSubjectAccessReview } from '../../../src/apis/authorization/local-subject-access-review.ts'
import { selfSubjectAccessReview } from '../../../src/apis/authorization/self-subject-access-review.ts'
import { selfSubjectRulesReview } from '../../../src/apis/authorization/self-subject-rules-review.ts'
import { subjectAccessReview } from '../../../src/apis/authorization/subject-access-review.ts'
import { binding } from '../../../src/apis/core/binding.ts'
import type { Question } from './sample.ts'
import { CONTAINERS } from './sample.ts'

const resourceAttributes = { verb: 'get', resource: 'nodes' }
const isAllowed = { status: { allowed: true } }
const asked = { spec: { user: 'jane', groups: ['system:masters'], resourceAttributes } }

export const QUESTIONS: readonly Question[] = [
  {
    definition: binding,
    before: [['/api/v1/namespaces/ns/pods', { metadata: { name: 'sample' }, spec: { containers: CONTAINERS } }]],
    object: { metadata: { name: 'sample' }, target: { kind: 'Node', name: 'n' } }, answer: { status: 'Success' },
  },
  { definition: selfSubjectReview, object: {}, answer: { status: { userInfo: { username: 'admin' } } } },
  { definition: tokenReview, object: { spec: { token: 't' } }, answer: { status: { authenticated: true } } },
  {
    definition: localSubjectAccessReview,
    object: {
      metadata: { namespace: 'ns' },
      spec: { ...asked.spec, resourceAttributes: { ...resourceAttributes, namespace: 'ns' } },
    },
    answer: isAllowed,
  },
  { definition: selfSubjectAccessReview, object: { spec: { resourceAttributes } }, answer: isAllowed },
  {
    definition: selfSubjectRulesReview,
    object: { spec: { namespace: 'ns' } },
    answer: { status: { incomplete: false } },
  },
  { definition: subjectAccessReview, object: asked, answer: isAllowed },
]
