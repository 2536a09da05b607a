package charts

import (
	"strconv"
	"strings"
)

// Chart is a chart at one version.
type Chart struct {
	// Name is the chart's; Release is what the installation is called.
	Name, Release string
	// Repository is an index, https://…, or the chart itself, oci://…/<name>.
	Repository string
	Version    string // of the chart
	App        string // version of what it installs
	Namespace  string // where it goes
	// Oldest and Newest are the minor versions of Kubernetes that it is for, as
	// "1.35"; an empty Newest means that its makers name none.
	Oldest, Newest string
	Source         string // URL at which version and range were looked up
	// Keys is the URL at which the keys of its values were looked up; the values
	// stand beside the construct that installs it. Empty: it is given none.
	Keys string

	// Workloads are what it runs: Deployment/<name>, DaemonSet/<name>, StatefulSet/<name>.
	Workloads []string
	// Definitions are the kinds that the rest of the platform uses of those it
	// defines, each with its version: nodepools.karpenter.sh/v1.
	Definitions []string
	// Images are all that it names with the platform's values.
	Images []Image
	// Account is the service account of its pods that has rights in AWS; empty: none has.
	Account string
}

// OCI says whether the repository is a registry of images.
func (c Chart) OCI() bool { return strings.HasPrefix(c.Repository, "oci://") }

// Fits says whether a chart is for a minor version of Kubernetes, as "1.35".
func (c Chart) Fits(kubernetes string) bool {
	minor := minorOf(kubernetes)
	return minor >= minorOf(c.Oldest) && (c.Newest == "" || minor <= minorOf(c.Newest))
}

// Range says in words which versions of Kubernetes a chart is for.
func (c Chart) Range() string {
	if c.Newest == "" {
		return c.Oldest + " and newer"
	}
	return c.Oldest + " to " + c.Newest
}

// minorOf is 35 of "1.35", and -1 of what is no version: nothing fits that.
func minorOf(version string) int {
	minor, ok := strings.CutPrefix(version, "1.")
	n, err := strconv.Atoi(minor)
	if !ok || err != nil {
		return -1
	}
	return n
}
