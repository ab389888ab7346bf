/**
 * The way by which the control plane has lines of the audit log written and hears whether they were: HTTP on loopback,
 * for whoever knows the internal secret. Lines that nobody waits for are printed, and come by the process's output.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SECRET_HEADER } from '../../objects/calls/hop-headers.ts'
import { isSameSecret } from '../../lib/crypto/secret.ts'

export interface AuditDoor {
  readonly port: number
  close(): void
}

export interface AuditDoorOptions {
  readonly secret: string
  /** Whether the line is in the log now. */
  write(line: string): boolean
}

export async function openAuditDoor({ secret, write }: AuditDoorOptions): Promise<AuditDoor> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const isKnown = isSameSecret(String(request.headers[SECRET_HEADER] ?? ''), secret)
      response.statusCode = !isKnown ? 403 : write(Buffer.concat(chunks).toString()) ? 200 : 500
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
