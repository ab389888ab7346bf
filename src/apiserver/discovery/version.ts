/**
 * The answer at /version: Kubernetes 1.36 with our own build suffix, in the form that kubectl and client libraries
 * parse (k8s.io/apimachinery pkg/version). The suffix is semantic versioning's build metadata, so that comparisons see
 * 1.36.0.
 */
export const KUBERNETES_MAJOR = '1'
export const KUBERNETES_MINOR = '36'

/** What documents say that they are of (k8s.io/apiserver pkg/server/config.go, completeOpenAPI). */
export const EMULATED_VERSION = `${KUBERNETES_MAJOR}.${KUBERNETES_MINOR}`

export interface Build {
  /** Our own version: `0.1.0`. */
  readonly version: string
  readonly commit: string
  /** RFC 3339. */
  readonly date: string
}

/** `v1.36.0+workernetes.0.1.0` */
export function gitVersion({ version }: Pick<Build, 'version'>): string {
  return `v${KUBERNETES_MAJOR}.${KUBERNETES_MINOR}.0+workernetes.${version}`
}

export function versionDocument(build: Build): Record<string, string> {
  return {
    major: KUBERNETES_MAJOR,
    minor: KUBERNETES_MINOR,
    emulationMajor: KUBERNETES_MAJOR,
    emulationMinor: KUBERNETES_MINOR,
    minCompatibilityMajor: KUBERNETES_MAJOR,
    minCompatibilityMinor: String(Number(KUBERNETES_MINOR) - 1),
    gitVersion: gitVersion(build),
    gitCommit: build.commit,
    gitTreeState: 'clean',
    buildDate: build.date,
    // Clients print these and nothing more: there is no Go here.
    goVersion: 'none',
    compiler: 'workerd',
    platform: 'cloudflare/workers',
  }
}
