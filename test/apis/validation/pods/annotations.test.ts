/**
 * Annotations that were there before fields were, and still mean what they say: given → want, texts of
 * pkg/apis/core/validation/validation.go and pkg/apis/apps/v1/conversion.go.
 */
import { describe, expect, it } from 'vitest'
import { readNumberedAnnotations } from '../../../../src/apis/apps/numbered-annotations.ts'
import { testApi } from '../../../support/api.ts'
import { Subject } from '../given-want.ts'

const nodes = new Subject('v1', 'Node')
const pods = new Subject('v1', 'Pod')
const TAINTS = 'scheduler.alpha.kubernetes.io/taints'
const AVOIDED = 'scheduler.alpha.kubernetes.io/preferAvoidPods'
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations'
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/web'
const AT = 'metadata.annotations'
const annotated = (key: string, value: string): object => ({ metadata: { name: 'x', annotations: { [key]: value } } })
const podWith = (key: string, value: string, spec: object = {}): object => ({
  ...annotated(key, value),
  spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec },
})
const NO_NAME =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

describe('annotations of Nodes', () => {
  it.each<[key: string, text: string, ...want: string[]]>([
    [TAINTS, 'null'],
    [TAINTS, '[{"KEY":"a","Effect":"NoSchedule","other":1}]'],
    [TAINTS, '{}', `${AT}: Invalid value: "${TAINTS}": json: cannot unmarshal object into Go value of type []core.Taint`],
    [TAINTS, '[1]', `${AT}: Invalid value: "${TAINTS}": json: cannot unmarshal number into Go value of type core.Taint`],
    [
      TAINTS,
      '[{"key":"a","effect":[]}]',
      `${AT}: Invalid value: "${TAINTS}": json: cannot unmarshal array into Go struct field Taint.Effect of type core.TaintEffect`,
    ],
    [
      TAINTS,
      '[null]',
      `${AT}.${TAINTS}[0].key: Invalid value: "": name part must be non-empty`,
      `${AT}.${TAINTS}[0].key: Invalid value: "": ${NO_NAME}`,
      `${AT}.${TAINTS}[0].effect: Required value`,
    ],
    [AVOIDED, '{"preferAvoidPods":[{"podSignature":{"podController":{"controller":true}}}]}'],
    [AVOIDED, '[]', `${AT}.AvoidPods: Invalid value: "${AVOIDED}": json: cannot unmarshal array into Go value of type v1.AvoidPods`],
    [
      AVOIDED,
      '{"preferAvoidPods":{}}',
      `${AT}.AvoidPods: Invalid value: "${AVOIDED}": json: cannot unmarshal object into Go struct field AvoidPods.preferAvoidPods of type []v1.PreferAvoidPodsEntry`,
    ],
    [
      AVOIDED,
      '{"preferAvoidPods":[{},{"podSignature":{"podController":{"controller":false}}}]}',
      `${AT}.${AVOIDED}[0].PodSignature: Required value`,
      `${AT}.${AVOIDED}[1].PodSignature.PodController.Controller: Invalid value: false: must point to a controller`,
    ],
  ])('%s: %s', (key, text, ...want) => {
    expect(nodes.onCreate(annotated(key, text))).toEqual(want)
    expect(nodes.onStatus({}, annotated(key, text))).toEqual(want)
  })
})

describe('tolerations in an annotation of a pod', () => {
  it.each<[text: string, ...want: string[]]>([
    ['[{"Key":"a","OPERATOR":"Equal"}]'],
    ['"a"', 'json: cannot unmarshal string into Go value of type []core.Toleration'],
    ['[true]', 'json: cannot unmarshal bool into Go value of type core.Toleration'],
    [
      '[{"tolerationSeconds":1.5}]',
      'json: cannot unmarshal number 1.5 into Go struct field Toleration.TolerationSeconds of type int64',
    ],
  ])('%s', (text, ...want) => {
    expect(pods.onCreate(podWith(TOLERATIONS, text))).toEqual(
      want.map((why) => `${AT}: Invalid value: "${TOLERATIONS}": ${why}`))
  })
})

describe('AppArmor in an annotation of a pod', () => {
  const warnings = async (value: string, spec: object = {}): Promise<[string[], unknown]> => {
    const api = testApi('team')
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
    await api.request('POST', '/api/v1/namespaces/team/serviceaccounts', { body: account })
    const answer = await api.request('POST', '/api/v1/namespaces/team/pods', {
      body: { apiVersion: 'v1', kind: 'Pod', ...podWith(APP_ARMOR, value, spec) },
    })
    const made = await answer.json<{ spec?: { containers: { securityContext?: object }[] } }>()
    const told = answer.headers.get('warning') ?? ''
    return [told === '' ? [] : [told], made.spec?.containers[0]?.securityContext]
  }
  const deprecated = `299 - "${AT}[${APP_ARMOR}]: deprecated since v1.30; use the \\"appArmorProfile\\" field instead"`

  it('becomes the field of its container, with a warning', async () => {
    expect(await warnings('localhost/a')).toEqual([
      [deprecated],
      { appArmorProfile: { type: 'Localhost', localhostProfile: 'a' } },
    ])
  })

  it('says nothing new where the pod or the container says it', async () => {
    const ofPod = { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }
    const own = { containers: [{ name: 'web', image: 'web:1', ...ofPod }] }
    expect(await warnings('runtime/default', ofPod)).toEqual([[], undefined])
    expect(await warnings('runtime/default', own)).toEqual([[], ofPod.securityContext])
  })

  it('that no field could say is warned of only', async () => {
    expect(await warnings('localhost/')).toEqual([[deprecated], undefined])
  })
})

describe('numbers in annotations', () => {
  const read = (type: string, annotations: Record<string, string>): unknown => {
    const subject = { apiVersion: 'apps/v1', kind: 'X', metadata: { annotations } }
    readNumberedAnnotations(type, subject)
    return subject.metadata.annotations
  }
  const GENERATION = 'deprecated.daemonset.template.generation'
  const ROLLBACK = 'deprecated.deployment.rollback.to'

  it('are printed as numbers', () => {
    expect(read('V1DaemonSet', { [GENERATION]: '+007' })).toEqual({ [GENERATION]: '7' })
    expect(read('V1Deployment', { [ROLLBACK]: '-0', a: 'b' })).toEqual({ [ROLLBACK]: '0', a: 'b' })
    expect(read('V1Deployment', { [ROLLBACK]: '', a: 'b' })).toEqual({ a: 'b' })
    expect(read('V1Deployment', { [ROLLBACK]: '' })).toBeUndefined()
    expect(read('V1StatefulSet', { [GENERATION]: 'x' })).toEqual({ [GENERATION]: 'x' })
  })

  it.each([
    ['V1DaemonSet', GENERATION, 'x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['V1DaemonSet', GENERATION, '9223372036854775808', 'strconv.ParseInt: parsing "9223372036854775808": value out of range'],
    [
      'V1Deployment', ROLLBACK, 'x',
      `failed to parse annotation[${ROLLBACK}]=x as int64: strconv.ParseInt: parsing "x": invalid syntax`,
    ],
  ])('of a %s that %s makes none are refused: %s', (type, key, value, why) => {
    expect(() => read(type, { [key]: value })).toThrow(why)
  })

  it('are judged where they are refused: when the body is read', async () => {
    const body = { apiVersion: 'apps/v1', kind: 'DaemonSet', ...annotated(GENERATION, 'x') }
    const answer = await testApi('team').request('POST', '/apis/apps/v1/namespaces/team/daemonsets', { body })
    expect([answer.status, (await answer.json<{ message: string }>()).message]).toEqual([
      400,
      'DaemonSet in version "v1" cannot be handled as a DaemonSet: strconv.ParseInt: parsing "x": invalid syntax',
    ])
  })

  it.each([
    ['strategic-merge-patch+json', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['apply-patch+yaml',
      'failed to convert to unversioned (/one; apps/v1, Kind=DaemonSet): strconv.ParseInt: parsing "x": invalid syntax'],
  ])('are judged after what a patch made was read: %s', async (type, message) => {
    const path = '/apis/apps/v1/namespaces/team/daemonsets'
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { selector: { matchLabels: { a: 'b' } }, template }
    const object = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'one' } }
    const api = testApi('team')
    expect((await api.json('POST', path, { body: { ...object, spec } })).code).toBe(201)
    const body = { ...object, metadata: { name: 'one', annotations: { [GENERATION]: 'x' } } }
    const headers = { 'content-type': `application/${type}` }
    const isApply = type.startsWith('apply')
    const answer = await api.json('PATCH', `${path}/one${isApply ? '?fieldManager=me&force=true' : ''}`, {
      headers, body: isApply ? body : { metadata: body.metadata },
    })
    expect([answer.code, answer.body['message']]).toEqual([500, message])
  })

  it('a revision to go back to is not negative', () => {
    const deployments = new Subject('apps/v1', 'Deployment')
    expect(deployments.onCreate(annotated(ROLLBACK, '-1'))).toContain(
      'spec.rollback.version: Invalid value: -1: must be greater than or equal to 0')
  })
})
