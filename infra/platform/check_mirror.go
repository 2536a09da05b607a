package platform

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	// registry is a host, with a port if there is one, and a prefix in the form that
	// ECR wants of the names of repositories
	// (https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html).
	registry = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:[0-9]{1,5})?(/[a-z0-9]+([._-][a-z0-9]+)*)*$`)
	// privateECR is a registry of an account's: its partition's suffix is the last group
	// (https://docs.aws.amazon.com/general/latest/gr/ecr.html).
	privateECR = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.([a-z0-9.-]+)(/|$)`)
	zipURL     = regexp.MustCompile(`^https://[^\s@,;]+$`)
)

// longestMirror leaves room for the longest name behind it: ECR takes 256 letters.
const longestMirror = 120

// reachMakers are the partitions from which the registries of charts and images
// are known to be reached. From the others they are slow, blocked, or not there.
var reachMakers = []string{"aws", "aws-us-gov", "aws-eusc"}

// checkMirror holds the section against the region.
func (p *Platform) checkMirror(regions Regions, found *faults) {
	m := p.Mirror
	if plugin := m.GrafanaPlugin; plugin != "" {
		switch {
		case !zipURL.MatchString(plugin):
			found.add("mirror.grafanaPlugin", "it is the https URL of the plugin's zip, without a password in it: as https://files.example.com/plugin.zip")
		case !p.Observability.Grafana:
			found.add("mirror.grafanaPlugin", "there is no Grafana to fetch it: take the field out, or say observability.grafana: true")
		}
	}
	switch known := p.Partition == "" || slices.Contains(reachMakers, p.Partition); {
	case m.Registry == "" && !m.ReachesMakers && !known:
		found.add("mirror.registry", "it is missing: from %s the registries of charts and images (public.ecr.aws, quay.io, registry.k8s.io, ghcr.io, docker.io) may be slow or out of reach; name a registry of yours that has them, or say mirror.reachesMakers: true", p.Region)
	case m.Registry != "" && m.ReachesMakers:
		found.add("mirror.reachesMakers", "nothing is fetched from the makers, with a registry of yours: take one of the two out")
	case m.Registry != "":
		p.checkRegistry(regions, found)
	}
}

// ECR is the region of a private registry of ECR's, with or without a prefix.
func ECR(registry string) (region string, is bool) {
	found := privateECR.FindStringSubmatch(registry)
	if found == nil {
		return "", false
	}
	return found[1], true
}

func (p *Platform) checkRegistry(regions Regions, found *faults) {
	const path = "mirror.registry"
	name := string(p.Mirror.Registry)
	scheme, _, hasScheme := strings.Cut(name, "://")
	switch ecr := privateECR.FindStringSubmatch(name); {
	case hasScheme:
		found.add(path, "%q: without %s://; images are named so", name, scheme)
	case len(name) > longestMirror || !registry.MatchString(name):
		found.add(path, "%q is no registry with a prefix, as registry.example.com/mirror: lower-case letters, digits, dots and hyphens, %d in all, no tag and no slash at the end", name, longestMirror)
	case strings.HasPrefix(name, "public.ecr.aws"):
		found.add(path, "%s is public: everybody could read what is copied there; use a private registry", name)
	case ecr != nil && regions[ecr[1]] == "":
		found.add(path, "there is no region %s%s", ecr[1], nearest(ecr[1], slices.Sorted(maps.Keys(regions))))
	case ecr != nil && p.Partition != "" && regions[ecr[1]] != p.Partition:
		found.add(path, "%s is in the partition %s, and the platform in %s, whose roles are not known there: use a registry of %s", name, regions[ecr[1]], p.Partition, p.Partition)
	}
}
