// Package dashboards is what Grafana shows, as code: Flink applications, the Flink
// operator, Sluice, and capacity.
//
// A dashboard is a list of panels, and a panel its title and its queries; their
// places, ids and the many fields that Grafana wants are put in when it is written
// as JSON. It knows the names of metrics, which a test holds against lists of what
// there is (testdata), and parses every query as Prometheus does. It refuses to know
// the CDK and how a dashboard reaches Grafana.
//
// Start with flink_jobs.go; panel.go says what a panel can be.
package dashboards
