// Package prometheus asks a Prometheus the queries of a release policy: the
// adapter of the port task.Queries, for Prometheus itself and for Amazon Managed
// Service for Prometheus, whose requests are signed.
//
// It speaks one call of the HTTP API, the instant query
// (https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries),
// and so has no need of a client library: Prometheus's own brings its data model
// along, which would be a quarter of a function's zip. What an answer means for a
// release is internal/flink's to say. Start with client.go.
package prometheus
