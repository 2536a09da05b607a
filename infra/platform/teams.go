package platform

// Team is people who run jobs in a namespace of their own, from a queue and a
// quota of their own.
type Team struct {
	// Name is the team's, and that of its queue and stack: team-<name>.
	Name string `yaml:"name"`
	// Namespace is where its jobs run; empty in the file: flink-team-<name>-ns.
	Namespace string `yaml:"namespace"`
	// Quota is the most that its pods may have; absent in the file: NewQuota.
	Quota Quota `yaml:"quota"`
	// Roles are ARNs of the roles whose people look at the team's jobs.
	Roles []string `yaml:"roles"`
	// Egress is what its jobs talk to beside AWS: brokers, databases.
	Egress []Egress `yaml:"egress"`
}

// Egress is a network, and the TCP ports of it that jobs use.
type Egress struct {
	CIDR  string `yaml:"cidr"`
	Ports []int  `yaml:"ports"`
}

// Quota is the most that all pods of a team may have together. It counts
// requests and limits alike: a Flink pod's are the same.
type Quota struct {
	CPU       int `yaml:"cpu"`       // cores
	MemoryGiB int `yaml:"memoryGiB"` // of all pods together
	Pods      int `yaml:"pods"`      // JobManagers, TaskManagers, rehearsals
}

// NewQuota is that of a team that says none: some ten small jobs, or one of a
// hundred and twenty task slots.
func NewQuota() Quota { return Quota{CPU: 64, MemoryGiB: 256, Pods: 100} }

func newTeams() []Team {
	return []Team{{Name: "a", Namespace: "flink-team-a-ns", Quota: NewQuota()}}
}

// settleTeams puts in what the file leaves out of a team.
func (p *Platform) settleTeams() {
	for i := range p.Teams {
		team := &p.Teams[i]
		if team.Namespace == "" {
			team.Namespace = "flink-team-" + team.Name + "-ns"
		}
		if team.Quota == (Quota{}) {
			team.Quota = NewQuota()
		}
	}
}
