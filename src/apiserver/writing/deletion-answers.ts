/**
 * Resources whose DELETE answers with the object instead of a Status even when it is gone: ReturnDeletedObject in
 * kubernetes/kubernetes pkg/registry/<group>/<resource>/storage. As the store names them.
 */
export const RETURNS_DELETED_OBJECT: ReadonlySet<string> = new Set([
  'namespaces',
  'pods',
  'podtemplates',
  'persistentvolumes',
  'persistentvolumeclaims',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'deviceclasses.resource.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourceclaimtemplates.resource.k8s.io',
  'resourceslices.resource.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
])
