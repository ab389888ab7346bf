/** Base64 (cel-go ext/encoders.go). */
import { declareFunction, overload } from '../../types/declarations.ts'
import { BYTES, STRING } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { BytesValue, type Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

/** With padding or without. */
function decode(text: Value): Value {
  try {
    return new BytesValue(Uint8Array.from(atob(text as string), (character) => character.charCodeAt(0)))
  } catch {
    throw new EvaluationError('illegal base64 data')
  }
}

function encode(bytes: Value): Value {
  return (bytes as BytesValue).base64
}

export const ENCODERS: Library = {
  functions: [
    declareFunction('base64.decode', overload('base64_decode_string', [STRING], BYTES, decode)),
    declareFunction('base64.encode', overload('base64_encode_bytes', [BYTES], STRING, encode)),
  ],
}
