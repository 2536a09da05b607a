// Package asl runs Amazon States Language state machines in this process, as an
// AWS Step Functions Standard workflow would: JSONata mode, history events,
// retries, catchers, variables, Parallel and Map, and the limits of the service.
//
// It knows the language and its rules. It does not know AWS: what a Task's
// resource means is the Caller's matter. It refuses JSONPath,
// every ItemReader but that of a JSON array in S3, ItemBatcher, ResultWriter, Credentials and EXPRESS children by name; nothing
// in a definition is ignored.
//
// Facts come from https://states-language.net/spec.html, the Step Functions
// developer guide (transforming-data, workflow-variables, concepts-error-handling,
// state-map, service-quotas) and, for texts of errors and the order of events,
// from histories recorded on AWS by github.com/localstack/localstack
// (tests/aws/services/stepfunctions/v2, *.snapshot.json). Where AWS contradicts
// itself, the stricter reading is taken and said where it matters.
//
// Start with Parse and Machine.Run (execution.go), then visit.go (what every
// state may do), then one file a state type. Time comes from a Clock: on a
// VirtualClock hours pass at once and concurrent branches take turns, so that a
// run is the same every time. Tasks that wait for a token are answered through
// Tokens.
package asl
