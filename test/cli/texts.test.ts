/** Texts of types and fields are upstream's, word for word: with paragraphs, values of enums, and what a field is for. */
import { describe, expect, it } from 'vitest'
import { TextSource } from '../../src/cli/generate/texts.ts'

const source = new TextSource()

describe('texts', () => {
  it.each([
    ['io.k8s.api.core.v1.Pod', '', /^Pod is a collection of containers/],
    ['io.k8s.api.core.v1.Pod', 'spec', /^Specification of the desired behavior of the pod\. More info: /],
    ['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', 'creationTimestamp', /UTC\.\n\nPopulated by the system/],
    ['io.k8s.api.core.v1.ContainerPort', 'protocol', /\n\nPossible enum values:\n - `"SCTP"` is the SCTP protocol\.\n/],
    ['io.k8s.apimachinery.pkg.apis.meta.v1.Time', '', /^Time is a wrapper around time\.Time/],
    ['io.k8s.api.core.v1.ImageVolumeSource', 'reference', /pod\.spec\.containers\[\*\]\.image/],
    ['io.k8s.api.authorization.v1.ResourceRule', 'resources', /"\*\/foo" represents the subresource/],
    ['io.k8s.api.core.v1.EndpointAddress', '', /deprecated in v1\.33\+\.$/],
    ['io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService', '', /^APIService represents a server/],
    ['io.k8s.apimachinery.pkg.api.resource.Quantity', '', /\n\nThe serialization format is:\n\n``` <quantity>.*\n\n\t\(Note/],
  ])('of %s, field "%s"', (definition, field, text) => {
    expect(source.of(definition)?.[field]).toMatch(text)
  })

  it('are not made up for what the packages lack', () => {
    expect(source.of('io.k8s.api.core.v1.Nothing')).toBeUndefined()
  })
})
