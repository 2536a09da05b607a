// Package observability gathers what the cluster and its jobs say of themselves:
// metrics by a Prometheus in the cluster, kept in Amazon Managed Service for
// Prometheus and shown by Grafana, and what pods print, by Fluent Bit, in
// CloudWatch Logs.
//
// Values of charts are pure functions of the platform, rights are held to one
// workspace and to log groups that are made here, with their retention. It refuses
// to know what a dashboard shows (package dashboards), and alarms: those are
// Sluice's own, in its stack. Start with observability.go.
package observability
