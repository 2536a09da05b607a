// Package cloudwatch reads the alarms that a release policy names or that went
// off, and sends what the probe has seen: the adapter of the ports task.Alarms,
// task.AlarmDetails and task.Metrics for Amazon CloudWatch.
//
// It knows metric, composite and log alarms of the account and region that its
// client belongs to. It sets no alarm and reads no metric; which metrics there
// are, and what an alarm's state means for a release, is internal/flink's to
// say. Start with alarms.go and publish.go.
package cloudwatch
