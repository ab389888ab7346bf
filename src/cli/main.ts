/**
 * The `workernetes` command. Each sub-command is a file; here they get their options, their help, and their exit codes:
 * 0 done, 1 could not (one line says why and what to do).
 */
import { ownValue } from '../lib/own-value.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ArgsDef, CommandDef } from 'citty'
import { defineCommand, parseArgs, renderUsage } from 'citty'
import { ROOT } from '../local/bundle.ts'
import { OperatorError } from '../local/operator-error.ts'
import { down } from './down.ts'
import { DATA_ARG, UP_ARGS, parseUpOptions, refuseUnknown } from './options.ts'
import { reset } from './reset.ts'
import { status } from './status.ts'
import { complain, outliveReaders, print } from './terminal.ts'
import { up } from './up.ts'

interface Command {
  readonly description: string
  readonly args: ArgsDef
  readonly examples: readonly string[]
  readonly run: (args: Readonly<Record<string, unknown>>) => Promise<number>
}

const RESET_ARGS = {
  ...DATA_ARG,
  all: { type: 'boolean', description: 'also delete the credentials and the kubeconfig' },
  yes: { type: 'boolean', description: 'do not ask' },
} as const satisfies ArgsDef

const dataOf = (args: Readonly<Record<string, unknown>>): string => String(args['data'])

const COMMANDS: Readonly<Record<string, Command>> = {
  up: {
    description: 'Start the local server in the foreground',
    args: UP_ARGS,
    examples: [
      'workernetes up',
      'workernetes up --merge                         # make it the context of your own kubectl',
      'workernetes up --port 7443 --http-port 7080 --data /tmp/second',
      'workernetes up --simulated-nodes 20 --log-level warn',
    ],
    run: (args) => up(parseUpOptions(args)),
  },
  down: {
    description: 'Stop the server of a data folder; its state stays',
    args: DATA_ARG,
    examples: ['workernetes down', 'workernetes down --data /tmp/second'],
    run: (args) => down(dataOf(args)),
  },
  status: {
    description: 'Say whether a server runs, and where',
    args: DATA_ARG,
    examples: ['workernetes status'],
    run: (args) => status(dataOf(args)),
  },
  reset: {
    description: 'Delete the cluster of a data folder for good',
    args: RESET_ARGS,
    examples: ['workernetes reset --yes', 'workernetes reset --all --data /tmp/second'],
    run: (args) => reset({ data: dataOf(args), isWhole: args['all'] === true, isConfirmed: args['yes'] === true }),
  },
}

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : ''
}

function overview(): CommandDef {
  const subCommands = Object.entries(COMMANDS).map(
    ([name, { description }]) => [name, defineCommand({ meta: { name, description } })] as const,
  )
  const meta = { name: 'workernetes', version: versionOf(), description: 'Kubernetes without servers, on this machine' }
  return defineCommand({ meta, subCommands: Object.fromEntries(subCommands) })
}

async function helpOf(name: string, { description, args, examples }: Command): Promise<string> {
  const meta = { name, description }
  const usage = await renderUsage(defineCommand({ meta, args }), defineCommand({ meta: { name: 'workernetes' } }))
  return `${usage.trimEnd()}\n\nEXAMPLES\n\n${examples.map((line) => `  ${line}`).join('\n')}\n`
}

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === '--version') {
    print(versionOf())
    return 0
  }
  if (name === undefined || name === '--help' || name === '-h') {
    print(await renderUsage(overview()))
    return name === undefined ? 1 : 0
  }
  const command = ownValue(COMMANDS, name)
  if (command === undefined) {
    throw new OperatorError(
      `unknown command ${name}; there are ${Object.keys(COMMANDS).join(', ')} (--help tells more)`,
    )
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    print(await helpOf(name, command))
    return 0
  }
  refuseUnknown(rest, command.args)
  const args = parseArgs([...rest], command.args)
  const [unexpected] = args._
  if (unexpected !== undefined) throw new OperatorError(`unexpected argument ${unexpected}; --help lists what there is`)
  return command.run(args)
}

outliveReaders()
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof OperatorError) complain(error.message)
  else complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exitCode = 1
}
