/**
 * Objects with every field of their message set, as upstream fills those of its own compatibility tests: a text is
 * its field's name and `Value`, a number the field's number in protobuf, lists and maps have one entry
 * (k8s.io/apimachinery pkg/api/apitesting/roundtrip/construct.go). So the bytes that upstream writes for them can be
 * known by a checksum.
 */
import { mapValueType } from '../../../../src/apimachinery/wire/protobuf/message-table.ts'
import { protobufTable } from '../../../../src/apis/facts/protobuf-facts.ts'

/** Values by scalar type or by message, from the name and number of the field. */
const VALUES: Readonly<Record<string, (name: string, number: number) => unknown>> = {
  string: (name) => `${name}Value`,
  bytes: (_name, number) => btoa(String.fromCharCode(number)),
  bool: () => true,
  int32: (_name, number) => number,
  int64: (_name, number) => number,
  double: (_name, number) => number + 0.5,
  Quantity: () => '0',
  IntOrString: (name) => `${name}Value`,
  RawExtension: () => ({
    apiVersion: 'example.com/v1',
    kind: 'CustomType',
    spec: { replicas: 1 },
    status: { available: 1 },
  }),
  'meta.v1.FieldsV1': () => ({}),
  'meta.v1.Time': (_name, number) => `${String(2000 + number)}-01-01T01:01:01Z`,
  'meta.v1.MicroTime': (_name, number) => `${String(2000 + number)}-01-01T01:01:01.${String(number).padStart(6, '0')}Z`,
  'authentication.v1.ExtraValue': (name) => [`${name}Value`],
  'authorization.v1.ExtraValue': (name) => [`${name}Value`],
  'certificates.v1.ExtraValue': (name) => [`${name}Value`],
}

export function filledMessage(message: string): Record<string, unknown> {
  const filled: Record<string, unknown> = {}
  for (const { name, number, type, isRepeated, isInlined } of protobufTable(message) ?? []) {
    const valueType = mapValueType(type)
    if (isInlined) Object.assign(filled, filledMessage(type))
    else if (valueType !== undefined) filled[name] = { [`${name}Key`]: filledEntry(valueType, name, number) }
    else filled[name] = isRepeated ? [filledValue(type, name, number)] : filledValue(type, name, number)
  }
  return filled
}

/** Upstream does not set times in maps, because they are no pointers. */
function filledEntry(type: string, name: string, number: number): unknown {
  return type === 'meta.v1.Time' ? null : filledValue(type, name, number)
}

function filledValue(type: string, name: string, number: number): unknown {
  return VALUES[type]?.(name, number) ?? filledMessage(type)
}
