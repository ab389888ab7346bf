/** What a Binding must say: pkg/apis/core/validation/validation.go, ValidatePodBinding. */
import { describe, expect, it } from 'vitest'
import { bind, type Binding } from '../../src/apiserver/subresources/binding.ts'

const binding = (target: { kind?: string; name?: string }): Binding => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'p' },
  target,
})

describe('a Binding is refused', () => {
  it.each([
    [{ kind: 'Pod', name: 'n' }, 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'],
    [{ kind: 'Node' }, 'target.name: Required value'],
  ])('with target %j', (target, why) => {
    expect(() => bind(binding(target), 0)).toThrow(why)
  })
})

it('a Binding may leave out what its target is', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {} }
  expect(bind(binding({ name: 'n' }), 0)(pod)).toMatchObject({ spec: { nodeName: 'n' } })
})
