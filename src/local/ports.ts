/**
 * TCP ports before workerd takes them: whether one is free, and a free one where none was asked for. workerd says
 * little when its port is taken, so we ask first; the moment in between is the only race, and it ends in workerd's
 * own error.
 */
import { createServer } from 'node:net'
import { OperatorError, systemCode } from './operator-error.ts'

export interface PortWish {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** The option that chose it, for the message: `--port`. */
  readonly option: string
}

/** The port to use; throws an OperatorError when it cannot be had. */
export function claimPort({ host, port, option }: PortWish): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => {
      const where = `${host}:${String(port)}`
      const code = systemCode(error)
      if (code === 'EADDRINUSE') {
        reject(
          new OperatorError(`${where} is in use by another program; stop that one or choose another: ${option} PORT`),
        )
      } else if (code === 'EACCES') {
        reject(new OperatorError(`${where} needs more rights than you have; choose a port above 1023: ${option} PORT`))
      } else {
        reject(new OperatorError(`cannot listen on ${where} (${error.message}); choose another: ${option} PORT`))
      }
    })
    probe.listen({ host, port, exclusive: true }, () => {
      const address = probe.address()
      const claimed = typeof address === 'object' && address !== null ? address.port : port
      probe.close(() => {
        resolve(claimed)
      })
    })
  })
}
