/**
 * What the command prints: results on stdout, progress and trouble on stderr, colours only where somebody sees them
 * (NO_COLOR and redirected output get plain text).
 */
import { stripVTControlCharacters, styleText } from 'node:util'
import type { LogLevel } from '../local/local-server.ts'
import { LOG_LEVELS } from '../local/local-server.ts'

type Style = Parameters<typeof styleText>[0]

export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

/** Who read what we print may leave (`| head`): then nobody is told, and what runs goes on until it is stopped. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

export function print(text: string): void {
  // Texts of libraries are coloured whoever reads them.
  const isColoured = process.stdout.isTTY && process.stdout.hasColors()
  process.stdout.write(`${isColoured ? text : stripVTControlCharacters(text)}\n`)
}

/** One line on stderr. */
export function complain(text: string): void {
  process.stderr.write(`${styleText('red', 'error', { stream: process.stderr })} ${text}\n`)
}

const COLOURS: Readonly<Record<LogLevel, Style>> = { debug: 'dim', info: 'dim', warn: 'yellow', error: 'red' }

/** Prints lines at or above `least`, on stderr. */
export function logPrinter(least: LogLevel): (level: LogLevel, text: string) => void {
  return (level, text) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return
    const line = stripVTControlCharacters(text)
    process.stderr.write(`${styleText(COLOURS[level], line, { stream: process.stderr })}\n`)
  }
}

/** Left column padded, so that the right one lines up. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n')
}
