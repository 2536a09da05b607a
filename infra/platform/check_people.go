package platform

import "fmt"

// checkPeople finds a role that is let into the cluster twice: EKS takes one entry
// for each, and the second would end the deployment
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html).
func (p *Platform) checkPeople(found *faults) {
	seen := map[string]string{}
	once := func(path, role string) {
		if before, twice := seen[role]; twice {
			found.add(path, "%s stands in %s already, and EKS lets a role into a cluster once: take it out here, or give these people a role of their own", role, before)
			return
		}
		seen[role] = path
	}
	for i, admin := range p.Cluster.Admins {
		once(fmt.Sprintf("cluster.admins[%d]", i), admin)
	}
	for i, team := range p.Teams {
		for j, role := range team.Roles {
			once(fmt.Sprintf("teams[%d].roles[%d]", i, j), role)
		}
	}
}
