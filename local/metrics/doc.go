// Package metrics is Amazon CloudWatch's metrics and alarms on one machine:
// data points are put, alarms look at them every few seconds, and what changes
// is told as the event that CloudWatch sends.
//
// It knows metric alarms on one metric with a statistic, and alarms on a Metrics
// Insights query in the one form that the template uses: one series for each
// value of the dimensions, each of them a contributor. Math, anomaly detection,
// percentiles, composite and log alarms, actions of alarms, and periods under a
// minute are refused by name. Definitions and states outlive the process, data
// points do not.
//
// An alarm looks at whole periods only, as soon as they are over; CloudWatch
// looks once a minute. What missing data means is decided as the service's
// documentation has it, with a range of two periods more than are evaluated.
//
// Start with Open and Service.Run, then evaluate.go, which decides.
package metrics
