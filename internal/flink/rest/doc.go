// Package rest talks to one Flink JobManager over Flink's REST API, version 1,
// as Flink 1.20 and 2.2 speak it, directly or through a proxy such as the
// Kubernetes API server's service proxy or YARN's.
//
// It knows paths, shapes and the ways in which a JobManager or the proxy before
// it says no. It refuses to judge what it reads: whether a job is healthy, a
// failure matters or a savepoint may be removed is decided in internal/flink.
// It does not retry, poll, authenticate or keep time; the context bounds each
// call, the http.Client brings the credentials, and the Code of an *Error says
// who tries again.
//
// Start with Client in client.go for the calls and Code in error.go for the
// errors. Package resttest has a programmable JobManager for tests.
package rest
