/**
 * Every kind's bytes are upstream's, in protobuf and in YAML: an object with every field set has the checksums of the
 * files that upstream keeps of the same object (k8s.io/api testdata/HEAD of 1.36), and reads back as it was.
 */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseGroupVersion } from '../../../../src/apimachinery/meta.ts'
import { readEnvelope } from '../../../../src/apimachinery/wire/protobuf/codec.ts'
import { withoutRaw } from '../../../../src/apimachinery/wire/raw/raw-json.ts'
import { printYaml } from '../../../../src/apimachinery/wire/print-yaml.ts'
import { protobufCodec, protobufMessageOf } from '../../../../src/apis/facts/protobuf-facts.ts'
import { KINDS } from '../../../../src/apis/kinds.ts'
import checksums from '../../../fixtures/wire-checksums.json' with { type: 'json' }
import { filledMessage } from './filled-message.ts'

const checksumOf = (written: string | Uint8Array): string => createHash('sha256').update(written).digest('hex')

const ELSEWHERE = ['apiextensions.k8s.io', 'apiregistration.k8s.io', 'workernetes.dev']

describe('an object with every field set', () => {
  it.each(Object.entries(checksums))('is the bytes that upstream writes: %s', (type, { protobuf, yaml }) => {
    const [apiVersion = '', kind = ''] = type.split(' ')
    const message = protobufMessageOf({ ...(parseGroupVersion(apiVersion) ?? { group: '', version: '' }), kind }) ?? ''
    const filled = filledMessage(message)
    const bytes = protobufCodec.encode(message, { apiVersion, kind }, filled)
    expect(checksumOf(bytes)).toBe(protobuf)
    expect(checksumOf(printYaml({ apiVersion, kind, ...filled }))).toBe(yaml)
    const envelope = readEnvelope(bytes)
    expect([envelope.apiVersion, envelope.kind]).toEqual([apiVersion, kind])
    expect(withoutRaw(protobufCodec.decode(message, envelope.raw))).toEqual(filled)
  })

  it('is there of every kind but those of groups that upstream keeps elsewhere', () => {
    const unknown = KINDS.filter(
      ({ group, version, kind }) => !Object.hasOwn(checksums, `${group === '' ? '' : `${group}/`}${version} ${kind}`),
    )
    const groups = unknown.map(({ group }) => group)
    expect(groups.filter((group) => !ELSEWHERE.includes(group))).toEqual([])
  })
})
