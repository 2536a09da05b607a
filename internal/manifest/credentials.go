package manifest

import "regexp"

// userInfo is what stands before the host of a URI: Hadoop once took keys there.
var userInfo = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://[^/]*@`)

// addressesCarryNoCredentials: places of state stand in plans, records and
// events as they are, since an address that is cut or masked cannot be restored from.
func addressesCarryNoCredentials(r *report, resource *node) {
	check := func(n *node, path string) {
		if n != nil && userInfo.MatchString(n.literal) {
			r.fault(n, path, "the address carries credentials, and addresses of state are recorded; take them out: pods get theirs from spec.serviceAccount, or from a Kubernetes Secret")
		}
	}
	for _, key := range stateKeys {
		check(resource.get("spec", "flinkConfiguration", key), "spec.flinkConfiguration."+key)
	}
	check(resource.get("spec", "jobManager", "storageDir"), "spec.jobManager.storageDir")
}
