// Package local runs Sluice's AWS plane on one machine, from the very template
// that is deployed: the buckets, the event rules, the state machines and the
// functions.
//
// It knows how the parts are wired: s3 tells bus, bus starts executions of sfn,
// sfn invokes lambda, and the functions reach all of them through s3's and
// api's endpoints with the AWS SDK. What a template means is package template's
// knowledge, what the functions do is nobody's here. Kubernetes is package
// cluster's matter.
//
// Start with Start, whose Options say everything there is to choose. One plane
// runs per process, because the S3 gateway allows one, and the process's
// working directory becomes that gateway's: use absolute paths.
package local
