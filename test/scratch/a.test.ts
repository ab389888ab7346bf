import { expect, test } from 'vitest'
import { testApi } from '../support/api.ts'
const dep = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', labels: { x: 'y' } }, spec: { replicas: 3, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] , env: [{name: 'A', value: 'b'}]}] } } } }
test('x', async () => {
  const api = testApi('default')
  const A = '/apis/apps/v1/namespaces/default/deployments'
  const r = await api.json('POST', A, { body: dep, headers: { 'user-agent': 'kubectl/v1' } })
  console.log(JSON.stringify(r.body.metadata, null, 1))
  const apply = (body: unknown, q: string) => api.json('PATCH', `${A}/a?${q}`, { body, headers: { 'content-type': 'application/apply-patch+yaml' } })
  const c = await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 5 } }, 'fieldManager=me')
  console.log(JSON.stringify(c, null, 1))
  const f = await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 5 } }, 'fieldManager=me&force=true')
  console.log(JSON.stringify(f.body.metadata, null, 1), JSON.stringify(f.body.spec))
  const d = await apply({ ...dep, metadata: { name: 'a', labels: { z: '1' } } }, 'fieldManager=other&force=true')
  console.log(JSON.stringify(d.body.metadata, null, 0), JSON.stringify(d.body.spec))
  const e = await apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } , spec: { foo: 1 }}, 'fieldManager=other&force=true')
  console.log(JSON.stringify(e))
  const s = await api.json('PUT', `${A}/a/scale`, { body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 9 } }})
  const g = await api.json('GET', `${A}/a`)
  console.log(JSON.stringify(s), JSON.stringify(g.body))
  const b = await api.json('PATCH', `${A}/b?fieldManager=me`, { body: { ...dep, metadata: { name: 'b' } }, headers: { 'content-type': 'application/apply-patch+yaml' } })
  console.log(JSON.stringify(b))
  const b2 = await api.json('PATCH', `${A}/b?fieldManager=me`, { body: { ...dep, metadata: { name: 'b' } }, headers: { 'content-type': 'application/apply-patch+yaml' } })
  expect(b2.body).toEqual(b.body)
})
