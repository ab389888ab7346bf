/**
 * Names of resources: which are Kubernetes' own, which are a device's, which are counted in whole pieces.
 * Upstream: kubernetes/kubernetes pkg/apis/core/helper/helpers.go.
 */
import { isQualifiedName } from '../../../../apimachinery/names.ts'
import { QuantityError, int64Value, parseQuantity } from '../../../../apimachinery/quantity.ts'

const NANO = 1_000_000_000n
const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage']
/** Counted by quotas. */
const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
/** Names without a domain that mean something, though not of a container. */
const OTHER_STANDARD = [
  ...COUNTED,
  'storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]

export function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-')
}

export function isStandardResource(name: string): boolean {
  const isHuge = isHugePages(name) || name.startsWith('requests.hugepages-')
  return CONTAINER_RESOURCES.includes(name) || OTHER_STANDARD.includes(name) || isHuge
}

export function isContainerResource(name: string): boolean {
  return CONTAINER_RESOURCES.includes(name) || isHugePages(name)
}

/** Without a domain, or of Kubernetes' own. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/')
}

/** A device or the like: of somebody's domain, and a name that fits into a quota. */
export function isExtendedResource(name: string): boolean {
  return !isNativeResource(name) && !name.startsWith('requests.') && isQualifiedName(`requests.${name}`).length === 0
}

export function isCountedResource(name: string): boolean {
  return COUNTED.includes(name) || isExtendedResource(name)
}

/** Whether more may be promised than there is. */
export function allowsOvercommit(name: string): boolean {
  return isNativeResource(name) && !isHugePages(name)
}

/** Whether a quantity of huge pages is made of whole pages; the size is in the name. */
export function isWholePages(name: string, quantity: string): boolean {
  try {
    const size = parseQuantity(name.slice('hugepages-'.length))
    if (size.nanos <= 0n || size.nanos % NANO !== 0n) return false
    return int64Value(quantity) % (size.nanos / NANO) === 0n
  } catch (error) {
    if (error instanceof QuantityError) return false
    throw error
  }
}
