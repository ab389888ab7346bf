/**
 * What the probes know of a kind: an object as small as it may be, what the server must fill in, and a change that it
 * must refuse. Sides that are wanted are upstream's (kubernetes/kubernetes pkg/apis/GROUP/{v1/defaults,validation}.go).
 */
import type { KindDefinition } from '../../../src/apis/define-kind.ts'

export interface Sample {
  readonly definition: KindDefinition
  readonly object: object
  /** Whatever the kind wants; most take any. */
  readonly name?: string
  /** Fields that are filled in, by path, and with what; none where upstream has no defaults for what is sent. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /** A merge patch of the object that makes it wrong, and the field that is named; 'name': only names are judged. */
  readonly wrong: { readonly change: object; readonly field: string } | 'name'
  /** What nothing needs to act upon: data for people and other programs. */
  readonly isData?: true
  /** Where its effect is shown, if not by what controllers write after it: file and title. */
  readonly shownBy?: TestRef
}

/** A test, by file below test/ and by title. */
export type TestRef = readonly [file: string, title: string]

/** Of a kind whose objects are questions: what is sent, and a part of what is answered. */
export interface Question {
  readonly definition: KindDefinition
  /** Made first, by path. */
  readonly before?: readonly (readonly [path: string, body: object])[]
  readonly object: object
  readonly answer: object
}

export const CONTAINERS = [{ name: 'c', image: 'example.com/image:1' }]
