package manifest

import (
	"regexp"
	"strings"
)

// addresses are the places of state. They stand in plans, records and events as
// they are: an address that is cut or masked cannot be restored from.
var addresses = [][]string{
	{"spec", "flinkConfiguration", "state.savepoints.dir"},
	{"spec", "flinkConfiguration", "execution.checkpointing.savepoint-dir"},
	{"spec", "flinkConfiguration", "state.checkpoints.dir"},
	{"spec", "flinkConfiguration", "execution.checkpointing.dir"},
	{"spec", "flinkConfiguration", "high-availability.storageDir"},
	{"spec", "jobManager", "storageDir"},
}

// userInfo is what stands before the host of a URI: Hadoop once took keys there.
var userInfo = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://[^/]*@`)

// addressesCarryNoCredentials: what is in an address would be in every record.
func addressesCarryNoCredentials(r *report, resource *node) {
	for _, at := range addresses {
		if n := resource.get(at...); n != nil && userInfo.MatchString(n.literal) {
			r.fault(n, strings.Join(at, "."), "the address carries credentials, and addresses of state are recorded; take them out: pods get theirs from spec.serviceAccount, or from a Kubernetes Secret")
		}
	}
}
