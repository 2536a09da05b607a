package platform

import "github.com/sluice-flink/sluice/infra/charts"

// Mirror is where charts and images are taken from instead of where their makers
// publish them.
type Mirror struct {
	// Registry is one of the user's, with a prefix if there is one, as
	// 123456789012.dkr.ecr.eu-west-1.amazonaws.com/mirror; empty: the makers'. What is
	// called how there, charts.Mirror says.
	Registry charts.Mirror `yaml:"registry"`
	// GrafanaPlugin is where the one plugin of Grafana's is fetched from, a zip at an
	// https URL; empty: grafana.com.
	GrafanaPlugin string `yaml:"grafanaPlugin"`
	// ReachesMakers says, in a partition that is not known for it, that nodes reach the
	// makers' registries all the same.
	ReachesMakers bool `yaml:"reachesMakers"`
}
