/** The audit log as it is set on the command line: a file or standard output, lines of JSON or of words. */
import type { LogLevel } from '../local-server.ts'
import { OperatorError } from '../operator-error.ts'
import { AuditLog } from './audit-log.ts'
import type { AuditOptions } from './audit-options.ts'
import { legacyLine } from './legacy-line.ts'

/** Whether the line is in the log now. */
export type WriteAudit = (line: string) => boolean

/** @throws OperatorError where the file cannot be written at all */
export function auditWriter(
  audit: AuditOptions | undefined,
  onLog: (level: LogLevel, text: string) => void,
): WriteAudit {
  const file = auditFile(audit, (text) => onLog('error', text))
  const formOf = audit?.logFormat === 'legacy' ? legacyLine : (line: string): string => line
  return (line) => (file === undefined ? printed(formOf(line)) : file.write(formOf(line)))
}

function printed(line: string): boolean {
  process.stdout.write(`${line}\n`)
  return true
}

/** Undefined: its lines go where all others go. */
function auditFile(audit: AuditOptions | undefined, complain: (text: string) => void): AuditLog | undefined {
  const { logPath = '-', logMaxSizeMib = 0, logMaxBackups = 0 } = audit ?? {}
  if (logPath === '-') return undefined
  const maxSizeBytes = logMaxSizeMib * 1024 * 1024
  try {
    return new AuditLog({ path: logPath, maxSizeBytes, maxBackups: logMaxBackups, now: () => Date.now(), complain })
  } catch (error) {
    throw new OperatorError(`--audit-log-path: ${error instanceof Error ? error.message : String(error)}`)
  }
}
