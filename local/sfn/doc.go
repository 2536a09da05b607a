// Package sfn is AWS Step Functions on one machine: Standard executions of
// state machines, started once by name, with histories kept as files.
//
// It knows executions and their records, the events that tell how they fare, and
// the one service integration that Sluice's machines use,
// arn:aws:states:::lambda:invoke, with and without .waitForTaskToken, beside the
// s3:getObject of an ItemReader; every other resource is refused by name. How a machine runs is package asl's knowledge.
//
// Start with Open and Service.Start, then record.go, the file of an execution.
// An execution does not outlive the process: what was running when it ended is
// ABORTED when the directory is opened again, which Step Functions never does.
package sfn
