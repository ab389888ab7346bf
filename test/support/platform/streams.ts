/** The streams that Workers have and Node.js has not. */

/** Takes as many bytes as it was made for; more, or an end before that, is an error, as in the runtime. */
class FixedLengthStreamInNode extends TransformStream<Uint8Array, Uint8Array> {
  constructor(expectedLength: number) {
    let left = expectedLength
    super({
      transform(bytes, controller) {
        left -= bytes.byteLength
        if (left < 0) throw new TypeError('Attempt to write too many bytes through a FixedLengthStream.')
        controller.enqueue(bytes)
      },
      flush() {
        if (left > 0) throw new TypeError('FixedLengthStream did not see all expected bytes before close().')
      },
    })
  }
}

Object.assign(globalThis, { FixedLengthStream: FixedLengthStreamInNode })
