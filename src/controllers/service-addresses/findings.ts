/**
 * What is found wrong with the addresses that a Service uses, and the Events that say so: upstream's
 * (kubernetes pkg/registry/core/service/{ipallocator,portallocator}/controller). Pure.
 */

/** An address or a node port, and the uid of the Service that holds it. */
export interface HeldAddress {
  readonly pool: string
  readonly value: string
  readonly uid: string
}

export interface AddressFinding {
  /** `clusterIP` or `nodePort`. */
  readonly pool: string
  readonly value: string
  /** `notAllocated`: nobody held it, and it has been given back to its user. */
  readonly is: 'notAllocated' | 'alreadyAllocated' | 'outOfRange'
}

interface EventText {
  readonly reason: string
  readonly message: string
}

export function eventOf({ pool, value, is }: AddressFinding): EventText {
  return pool === 'nodePort' ? portEvent(value, is) : addressEvent(value, is)
}

function addressEvent(address: string, is: AddressFinding['is']): EventText {
  switch (is) {
    case 'notAllocated':
      return { reason: 'ClusterIPNotAllocated', message: `Cluster IP [IPv4]: ${address} is not allocated; repairing` }
    case 'alreadyAllocated':
      return {
        reason: 'ClusterIPAlreadyAllocated',
        message: `Cluster IP [IPv4]:${address} was assigned to multiple services; please recreate service`,
      }
    case 'outOfRange':
      return {
        reason: 'ClusterIPOutOfRange',
        message:
          `Cluster IP [IPv4]: ${address} is not within any configured Service CIDR; ` + 'please recreate service',
      }
  }
}

function portEvent(port: string, is: AddressFinding['is']): EventText {
  switch (is) {
    case 'notAllocated':
      return { reason: 'PortNotAllocated', message: `Port ${port} is not allocated; repairing` }
    case 'alreadyAllocated':
      return {
        reason: 'PortAlreadyAllocated',
        message: `Port ${port} was assigned to multiple services; please recreate service`,
      }
    case 'outOfRange':
      return {
        reason: 'PortOutOfRange',
        message: `Port ${port} is not within the port range 30000-32767; please recreate service`,
      }
  }
}
