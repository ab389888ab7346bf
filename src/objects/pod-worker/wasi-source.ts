/**
 * The module that runs a WebAssembly command in an isolate: the part of WASI preview 1 that a program without files
 * needs. What it writes goes to the console line by line, and so into the container's log; it has arguments, an
 * environment, a clock and random bytes; any other call answers that there is no such thing.
 *
 * The text is the isolate's program, not ours: it knows nothing but what it is given. Facts: WASI snapshot preview 1,
 * its error numbers and the layout of its structures.
 */
export const WASI_MODULE = 'workernetes-wasi.js'

export const WASI_SOURCE = `const SUCCESS = 0, BADF = 8, NOSYS = 52
const CHARACTER_DEVICE = 2, MAX_RANDOM_BYTES = 65536
class Exit { constructor(code) { this.code = code } }

function linesTo(print) {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    write(bytes) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\\n')
      rest = lines.pop()
      for (const line of lines) print(line)
    },
    end() { if (rest !== '') print(rest) },
  }
}

// Runs the command to its end; answers its exit code, throws what it traps with.
export function runCommand(module, args, environment, print) {
  let memory
  const view = () => new DataView(memory.buffer)
  const bytes = (at, length) => new Uint8Array(memory.buffer, at, length)
  const streams = { 1: linesTo(print), 2: linesTo(print) }
  const table = (texts) => {
    const encoded = texts.map((text) => new TextEncoder().encode(text + '\\0'))
    return {
      sizes(countAt, sizeAt) {
        view().setUint32(countAt, encoded.length, true)
        view().setUint32(sizeAt, encoded.reduce((sum, { length }) => sum + length, 0), true)
        return SUCCESS
      },
      get(pointerAt, textAt) {
        for (const text of encoded) {
          view().setUint32(pointerAt, textAt, true)
          bytes(textAt, text.length).set(text)
          pointerAt += 4
          textAt += text.length
        }
        return SUCCESS
      },
    }
  }
  const argumentTable = table(args)
  const environmentTable = table(Object.entries(environment).map(([name, value]) => name + '=' + value))
  const calls = {
    args_sizes_get: argumentTable.sizes,
    args_get: argumentTable.get,
    environ_sizes_get: environmentTable.sizes,
    environ_get: environmentTable.get,
    clock_time_get(clock, precision, timeAt) {
      view().setBigUint64(timeAt, BigInt(Date.now()) * 1000000n, true)
      return SUCCESS
    },
    random_get(at, length) {
      for (let done = 0; done < length; done += MAX_RANDOM_BYTES) {
        crypto.getRandomValues(bytes(at + done, Math.min(MAX_RANDOM_BYTES, length - done)))
      }
      return SUCCESS
    },
    fd_write(fd, vectorsAt, count, writtenAt) {
      if (streams[fd] === undefined) return BADF
      let written = 0
      for (let vector = vectorsAt; vector < vectorsAt + count * 8; vector += 8) {
        const length = view().getUint32(vector + 4, true)
        streams[fd].write(bytes(view().getUint32(vector, true), length))
        written += length
      }
      view().setUint32(writtenAt, written, true)
      return SUCCESS
    },
    // Nobody writes to its standard input: it is at its end.
    fd_read(fd, vectorsAt, count, readAt) {
      if (fd !== 0) return BADF
      view().setUint32(readAt, 0, true)
      return SUCCESS
    },
    fd_fdstat_get(fd, at) {
      if (fd > 2) return BADF
      bytes(at, 24).fill(0)
      view().setUint8(at, CHARACTER_DEVICE)
      return SUCCESS
    },
    fd_close: () => SUCCESS,
    fd_prestat_get: () => BADF,
    proc_exit(code) { throw new Exit(code) },
    sched_yield: () => SUCCESS,
  }
  const imports = {}
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    if (from.startsWith('wasi_')) (imports[from] ??= {})[name] = calls[name] ?? (() => NOSYS)
  }
  const { exports } = new WebAssembly.Instance(module, imports)
  memory = exports.memory
  try {
    exports._start()
    return 0
  } catch (error) {
    if (error instanceof Exit) return error.code
    throw error
  } finally {
    for (const stream of Object.values(streams)) stream.end()
  }
}
`
