/** The older form of an audit log's line (k8s.io/apiserver pkg/audit/format.go). */
import { expect, it } from 'vitest'
import { legacyLine } from '../../../src/local/audit/legacy-line.ts'

const EVENT = {
  kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata', auditID: 'id-1', stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/ns/pods?limit=1', verb: 'list', user: { username: 'jane', groups: ['a', 'b "c"'] },
  sourceIPs: ['10.0.0.1', '10.0.0.2'], userAgent: 'kubectl', objectRef: { resource: 'pods', namespace: 'ns' },
  responseStatus: { metadata: {}, code: 200 }, requestReceivedTimestamp: '2026-01-01T00:00:00.120000Z',
}

it('says who asked for what, and what came of it', () => {
  expect(legacyLine(JSON.stringify(EVENT))).toBe(
    '2026-01-01T00:00:00.12Z AUDIT: id="id-1" stage="ResponseComplete" ip="10.0.0.1" method="list" user="jane" ' +
      String.raw`groups="\"a\",\"b \\\"c\\\"\"" as="<self>" asgroups="<lookup>" user-agent="kubectl" namespace="ns" ` +
      'uri="/api/v1/namespaces/ns/pods?limit=1" response="200"',
  )
})

it('says of what is not known that it is not', () => {
  const { auditID, requestURI } = EVENT
  const event = { auditID, stage: 'RequestReceived', verb: 'get', requestURI, user: {} }
  const text = JSON.stringify({
    ...event,
    impersonatedUser: { username: 'bob', groups: ['g'] },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
  })
  expect(legacyLine(text)).toBe(
    '2026-01-01T00:00:00Z AUDIT: id="id-1" stage="RequestReceived" ip="<unknown>" method="get" user="<none>" ' +
      String.raw`groups="<none>" as="bob" asgroups="\"g\"" user-agent="" namespace="<none>" ` +
      'uri="/api/v1/namespaces/ns/pods?limit=1" response="<deferred>"',
  )
})
