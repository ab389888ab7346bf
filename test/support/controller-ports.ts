/**
 * What controllers ask of other objects, answered by the scopes of this process; the composition root wires the same to
 * hops (src/objects/scope/actors/controllers-of.ts).
 */
import { controllerUser } from '../../src/auth/user.ts'
import type { UserInfo } from '../../src/auth/user.ts'
import type { Client } from '../../src/client/client.ts'
import type { ControllerPorts } from '../../src/controllers/controllers.ts'
import { CLEANUP } from '../../src/controllers/custom-resource-definition/cleanup.ts'
import type { Remaining } from '../../src/controllers/namespace/plan.ts'
import { scaleHere } from '../../src/objects/calls/scales.ts'
import { deleteInstancesHere, instancesIn } from '../../src/objects/scope/cleanup/definition-instances.ts'
import { tendDependentsHere } from '../../src/objects/scope/cleanup/dependents.ts'
import type { Scope } from '../../src/objects/scope/scope.ts'
import type { ServiceAddresses } from '../../src/objects/scope/service-addresses.ts'
import type { Registrants } from '../../src/store/registrants.ts'

/** The scopes of a logical cluster. What is kept in a database is asked for at each call: a restart opens it anew. */
export interface Scopes {
  scope(namespace: string): Scope
  client(user: UserInfo): Client
  /** Reservations of addresses, kept in the cluster scope's database. */
  addresses(): ServiceAddresses
  /** Which namespaces hold dependents of cluster-scoped objects, kept beside them. */
  registrants(): Registrants
  deleteContent(namespace: string, uid: string, what: 'pods' | 'rest'): Promise<Remaining>
}

export type NamespacePorts = Pick<ControllerPorts, 'addressBook' | 'readScale'>
type Given = 'apiAddress' | 'rootCertificates' | 'isEnding' | 'version'
export type ClusterPorts = Omit<ControllerPorts, keyof NamespacePorts | Given>

export function clusterPorts(scopes: Scopes): ClusterPorts {
  return {
    addressLedger: {
      lasting: () => scopes.addresses().lasting(),
      release: (leaked) => scopes.addresses().release(leaked),
      restore: (service) => scopes.addresses().restore(JSON.stringify(service)),
    },
    dependentNamespaces: {
      of: (uid) => scopes.registrants().of(uid),
      uids: () => scopes.registrants().uids(),
      forget: (uid) => scopes.registrants().forget(uid),
      tend: (namespace, uid, task) => {
        const client = scopes.client(controllerUser('garbage-collector'))
        return tendDependentsHere(scopes.scope(namespace).store, client, namespace, uid, task)
      },
    },
    // Other clusters are other scopes' business: here they begin and end at once.
    logicalClusters: { start: () => Promise.resolve(true), destroy: () => Promise.resolve() },
    namespaceContent: { deleteAll: (name, uid, what) => scopes.deleteContent(name, uid, what) },
    // Whoever has an endpoint answers.
    remoteDiscovery: {
      ask: ({ port }) => Promise.resolve({ address: `https://10.96.0.9:${String(port)}`, httpCode: 200 }),
    },
    definitionNames: {
      taken: (group) => scopes.scope('').definitions.taken(group),
      waitingBeside: (name) => scopes.scope('').definitions.waitingBeside(name),
      inGroup: (group) => scopes.scope('').definitions.inGroup(group),
    },
    instances: instancesIn({ of: (uid) => scopes.registrants().of(uid) }, (namespace, definition) =>
      deleteInstancesHere(scopes.scope(namespace), scopes.client(controllerUser(CLEANUP)), namespace, definition),
    ),
  }
}

export function namespacePorts(scopes: Scopes): NamespacePorts {
  return {
    readScale: (namespace, reference) => scaleHere(scopes.scope(namespace), reference),
    addressBook: {
      restore: (service) => promised(() => scopes.addresses().restore(JSON.stringify(service))),
      release: (uid) => promised(() => scopes.addresses().confirm(uid, null)),
    },
  }
}

/** What takes a hop elsewhere is not there at once here either. */
export async function promised<R>(work: () => R): Promise<R> {
  await Promise.resolve()
  return work()
}
