/** The audit policy: which rule applies, and what is wrong with a file, by line (k8s.io/apiserver pkg/audit/policy). */
import { describe, expect, it } from 'vitest'
import { readAuditPolicy } from '../../../../src/apiserver/operations/audit/policy-file.ts'
import { auditConfig } from '../../../../src/apiserver/operations/audit/policy.ts'
import { parseRequest } from '../../../../src/apiserver/request-info.ts'

const warnings: string[] = []
const warn = (text: string): number => warnings.push(text)

const POLICY = readAuditPolicy(`apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
- level: None
  users: ['system:kube-proxy']
  verbs: [watch]
  resources: [{group: '', resources: [endpoints, services]}]
- level: None
  userGroups: ['system:authenticated']
  nonResourceURLs: ['/api*', /version]
- level: Request
  resources: [{group: '', resources: [configmaps]}]
  namespaces: [kube-system]
  omitManagedFields: false
- level: Metadata
  resources: [{group: '', resources: [secrets, configmaps], resourceNames: [one]}, {group: '', resources: ['pods/*']}]
- level: RequestResponse
  resources: [{group: apps}, {group: '*', resources: ['*/scale']}]
  omitStages: [ResponseStarted]
- level: Metadata
  verbs: [delete]
`, warn)
const joe = { username: 'joe', groups: ['system:authenticated'] }

describe('the first rule that matches', () => {
  it.each([
    ['GET /api/v1/services?watch=true', { username: 'system:kube-proxy', groups: [] }, 'None'],
    ['GET /api', joe, 'None'],
    ['GET /version', joe, 'None'],
    ['GET /version/x', joe, 'None'],
    ['GET /api/v1/namespaces/kube-system/configmaps/x', joe, 'Request'],
    ['GET /api/v1/namespaces/default/configmaps/one', joe, 'Metadata'],
    ['GET /api/v1/namespaces/default/configmaps/two', joe, 'None'],
    ['GET /api/v1/namespaces/default/pods/a/log', joe, 'Metadata'],
    ['GET /api/v1/namespaces/default/pods/a', joe, 'Metadata'],
    ['GET /api/v1/namespaces/default/pvcs/a', joe, 'None'],
    ['GET /apis/apps/v1/namespaces/default/deployments', joe, 'RequestResponse'],
    ['PUT /apis/batch/v1/namespaces/default/jobs/a/scale', joe, 'RequestResponse'],
    ['DELETE /api/v1/namespaces/default/pods/a', joe, 'Metadata'],
    ['DELETE /api/v1/namespaces/default/pods/a', undefined, 'Metadata'],
    ['GET /healthz', joe, 'None'],
  ] as const)('decides %s of %j: %s', (line, user, level) => {
    const [method = '', path = ''] = line.split(' ')
    const url = new URL(path, 'https://test')
    expect(auditConfig(POLICY, user, parseRequest(method, url.pathname, url.searchParams)).level).toBe(level)
  })

  it('adds its stages to those of the policy, and overrides managed fields', () => {
    const at = (path: string) => auditConfig(POLICY, joe, parseRequest('GET', path, new URLSearchParams()))
    expect(at('/apis/apps/v1/deployments')).toEqual({
      level: 'RequestResponse', omitStages: ['RequestReceived', 'ResponseStarted'], omitManagedFields: true,
    })
    expect(at('/api/v1/namespaces/kube-system/configmaps')).toMatchObject({ omitManagedFields: false })
  })
})

describe('a file that is wrong', () => {
  const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
  it.each([
    ['', 'line 1: the file holds no object of kind Policy'],
    ['rules: [', /^yaml: line 1: /],
    [
      'apiVersion: audit.k8s.io/v1beta1\nkind: Policies\nrules:\n- level: None\n',
      'line 1: apiVersion: Unsupported value: "audit.k8s.io/v1beta1": supported values: "audit.k8s.io/v1"; ' +
        'line 2: kind: Unsupported value: "Policies": supported values: "Policy"',
    ],
    [HEAD, 'line 1: rules: Required value: loaded illegal policy with 0 rules'],
    [
      `${HEAD}rules:\n- level: Metadata\n- users: [a]\n- level: All\n`,
      'line 5: rules[1].level: Required value; line 6: rules[2].level: Unsupported value: "All": supported values: ' +
        '"None", "Metadata", "Request", "RequestResponse"',
    ],
    [`${HEAD}rules:\n- level: None\n  users: a\n`, 'line 5: rules[0].users: Invalid value: "a": must be a list of texts'],
    [
      `${HEAD}omitStages:\n- RequestReceived\n- Never\nrules:\n- level: None\n`,
      'line 5: omitStages[1]: Invalid value: "Never": allowed stages are ' +
        'RequestReceived,ResponseStarted,ResponseComplete,Panic',
    ],
    [
      `${HEAD}rules:\n- level: None\n  nonResourceURLs:\n  - api\n  - /a*b\n  namespaces: [x]\n`,
      `line 6: rules[0].nonResourceURLs[0]: Invalid value: "api": non-resource URL rules must begin with a '/' character; ` +
        `line 7: rules[0].nonResourceURLs[1]: Invalid value: "/a*b": non-resource URL wildcards '*' must be the final character of the rule; ` +
        'line 5: rules[0].nonResourceURLs: Invalid value: ["api","/a*b"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
    [
      `${HEAD}rules:\n- level: None\n  resources:\n  - group: apps/v1\n    resourceNames: [a]\n`,
      /^line 5: rules\[0\]\.resources\.group: Invalid value: "apps\/v1": a lowercase RFC 1123 subdomain[^;]*; line 5: rules\[0\]\.resources\.resourceNames: Invalid value: \["a"\]: using resourceNames requires at least one resource$/,
    ],
  ])('%j says so', (text, message) => {
    expect(() => readAuditPolicy(text, warn)).toThrow(message)
  })

  it('is warned of where it says what nobody knows, or says something twice, and read without that', () => {
    const text = `${HEAD}rulez: []\nrules:\n- level: None\n  user: [a]\n  level: Metadata\n  resources: [{groups: [x]}]\n`
    const [rule] = readAuditPolicy(text, warn).rules
    expect(rule).toMatchObject({ level: 'Metadata', resources: [{}] })
    expect(warnings).toEqual([
      'Audit policy contains errors, falling back to lenient decoding: strict decoding error: ' +
        'line 7: key "level" already set in map, unknown field "rulez", unknown field "rules[0].user", ' +
        'unknown field "rules[0].resources[0].groups"',
    ])
  })

  it('may be JSON', () => {
    const rules = [{ level: 'Metadata' }]
    expect(readAuditPolicy(JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }), warn)).toMatchObject({ rules })
  })
})
