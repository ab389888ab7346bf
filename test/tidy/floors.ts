/**
 * Which floor of src/README.md a file stands on, and the rules about imports: downwards only, no neighbours, no cycles,
 * platforms on the top floor only, and nothing that nobody reaches.
 */
import type { SourceFile } from './source-tree.ts'

interface Place {
  readonly floor: number
  /** Files of one unit may import each other; units of one floor may not. */
  readonly unit: string
}

/** Bottom up. Auth lies half a step below admission, which asks who the user is (docs/decisions/0010). */
const FLOORS: readonly (readonly string[])[] = [
  ['lib'],
  ['apimachinery', 'cel'],
  ['apis', 'store'],
  ['registry', 'client'],
  ['auth'],
  ['admission'],
  ['apiserver', 'reconcile'],
  ['controllers', 'scheduler', 'kubelet', 'proxy', 'cloud', 'dashboard'],
]

/** The top floor composes; inside it there is an order too: the Worker, then the local server, then the commands. */
const TOP: readonly (readonly string[])[] = [
  ['edge.ts', 'worker.ts', 'env.ts', 'objects'],
  ['local', 'agent'],
  ['cli', 'testing'],
]
const TOP_FLOOR = FLOORS.length

const PLACES = new Map<string, Place>([
  ...FLOORS.flatMap((names, floor) => names.map((name): [string, Place] => [name, { floor, unit: name }])),
  ...TOP.flatMap((names, step) =>
    names.map((name): [string, Place] => [name, { floor: TOP_FLOOR + step / 10, unit: step === 0 ? 'worker' : name }]),
  ),
])

function placeOf(path: string): Place | undefined {
  const [, first = ''] = path.split('/')
  return PLACES.get(first)
}

const isSource = (file: SourceFile): boolean => file.path.startsWith('src/') && /\.(ts|tsx|mjs)$/.test(file.path)

export function floorViolations(files: readonly SourceFile[]): string[] {
  const findings: string[] = []
  for (const file of files.filter(isSource)) {
    const from = placeOf(file.path)
    if (from === undefined) {
      findings.push(`${file.path}: its folder has no floor; move it, or give the folder one (src/README.md, ${HERE})`)
      continue
    }
    for (const { path, specifier } of file.imports) {
      if (path === undefined) continue
      const to = placeOf(path)
      if (!path.startsWith('src/') || to === undefined) {
        if (path.startsWith('migrations/') || !path.startsWith('..')) continue
        findings.push(`${file.path}: imports ${specifier}, which is outside the repository`)
      } else if (to.floor > from.floor) {
        findings.push(`${file.path}: imports upwards from ${path}; pass it down from the composition root instead`)
      } else if (to.floor === from.floor && to.unit !== from.unit) {
        findings.push(`${file.path}: imports its neighbour ${path}; move what both need to a lower floor`)
      }
    }
  }
  return findings
}

const HERE = 'test/tidy/floors.ts'

const PLATFORM = /^(node:|cloudflare:|miniflare$|workerd$|wrangler$)/

/** Time and chance come in as parameters below the top floor; these two files are where they enter. */
const AMBIENT = /\b(Date\.now\(|Math\.random\(|setTimeout\(|setInterval\(|new Date\(\))/
const AMBIENT_HOMES = new Set(['src/lib/clock.ts', 'src/lib/random.ts'])

export function platformViolations(files: readonly SourceFile[]): string[] {
  const findings: string[] = []
  for (const file of files.filter(isSource)) {
    const place = placeOf(file.path)
    if (place === undefined || place.floor >= TOP_FLOOR || file.path.startsWith('src/dashboard/')) continue
    for (const { specifier } of file.imports) {
      if (!PLATFORM.test(specifier)) continue
      findings.push(
        `${file.path}: imports ${specifier}; only the top floor knows a platform, so take it as a parameter`,
      )
    }
    if (AMBIENT_HOMES.has(file.path)) continue
    for (const [index, line] of codeLines(file.text).entries()) {
      const found = AMBIENT.exec(line)?.[1]
      if (found === undefined) continue
      findings.push(`${file.path}:${String(index + 1)}: ${found}…; take a Clock or a Random (src/lib) as a parameter`)
    }
  }
  return findings
}

/** Lines with comments blanked; strings stay. */
function codeLines(text: string): string[] {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .split('\n')
    .map((line) => line.replace(/(^|\s)\/\/.*$/, ''))
}

/** Each cycle once, by its value imports; type imports are erased and bind nobody at run time. */
export function cycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.filter(isSource).map((file) => [file.path, file]))
  const findings: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const visit = (path: string): void => {
    state.set(path, 'open')
    trail.push(path)
    for (const next of byPath.get(path)?.imports ?? []) {
      if (next.isTypeOnly || next.path === undefined || !byPath.has(next.path)) continue
      if (state.get(next.path) === undefined) visit(next.path)
      else if (state.get(next.path) === 'open') {
        const ring = [...trail.slice(trail.indexOf(next.path)), next.path]
        findings.push(`${ring.join(' → ')}: a cycle; move what both need into a file of its own`)
      }
    }
    trail.pop()
    state.set(path, 'done')
  }
  for (const path of byPath.keys()) if (state.get(path) === undefined) visit(path)
  return findings
}

/** Where running starts; everything else in src/ must be reached from one of these. */
const ENTRIES = [
  'src/edge.ts',
  'src/worker.ts',
  'src/objects/pod-worker.ts',
  'src/cli/bootstrap.mjs',
  'src/cli/main.ts',
  // The runtime's contract on simulated pods, for the suite; nodes run the batching kubelet beside it.
  'src/kubelet/runtimes/simulated/simulated-runtime.ts',
  // Ships with the contract, for tests of whoever calls a cloud.
  'src/cloud/fake.ts',
  'src/cli/development.ts',
  'src/cli/generate/generate.ts',
  'src/cli/generate/extract-facts.ts',
] as const
const ENTRY_FOLDERS = ['src/testing/', 'src/agent/', 'src/dashboard/', 'src/cli/generate/']

export function deadFiles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.filter(isSource).map((file) => [file.path, file]))
  const isEntry = (path: string): boolean =>
    path.endsWith('.d.ts') ||
    ENTRIES.some((entry) => entry === path) || ENTRY_FOLDERS.some((folder) => path.startsWith(folder))
  const waiting = [...byPath.keys()].filter(isEntry)
  const reached = new Set(waiting)
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const next of byPath.get(path)?.imports ?? []) {
      if (next.path === undefined || reached.has(next.path) || !byPath.has(next.path)) continue
      reached.add(next.path)
      waiting.push(next.path)
    }
  }
  return [...byPath.keys()]
    .filter((path) => !reached.has(path))
    .map((path) => `${path}: nothing that runs imports it; wire it in, delete it, or list it as an entry in ${HERE}`)
}
