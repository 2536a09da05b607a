package data

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	own "github.com/sluice-flink/sluice/infra/constructs"
	"github.com/sluice-flink/sluice/infra/platform"
)

// Directories of the State bucket below a team's prefix.
const (
	Checkpoints = "checkpoints"
	Savepoints  = "savepoints" // what Sluice may remove lies below a directory of this name
	HA          = "ha"         // high availability metadata
	Storage     = "storage"    // what EMR's operator keeps of a job
)

// Data is the buckets of the jobs, and the key all are encrypted with.
type Data struct {
	Key   awskms.Key
	State awss3.Bucket // checkpoints, savepoints, high availability, job storage
	Logs  awss3.Bucket // what EMR's operator and Fluent Bit write
	Jobs  awss3.Bucket // what jobs read and write
}

// New makes the buckets.
//
// No rule expires an object of the State bucket: a checkpoint that an operator
// goes on from, and a savepoint that the ledger refers to, may be of any age.
// Flink removes its checkpoints, Sluice the savepoints that its retention allows.
// What they remove lies around as an old version for some days, which is the
// way back from a mistake.
func New(scope constructs.Construct, p platform.Platform) Data {
	key := own.NewKey(scope, "what jobs keep")
	access := own.NewAccessLogs(scope)
	return Data{
		Key:   key,
		State: own.NewBucket(scope, "State", key, access, replacedAfter(removedStateDays)),
		Logs: own.NewBucket(scope, "Logs", key, access, replacedAfter(1), &awss3.LifecycleRule{
			Expiration: awscdk.Duration_Days(jsii.Number(p.Data.LogDays)),
		}),
		Jobs: own.NewBucket(scope, "Jobs", key, access, replacedAfter(replacedDataDays)),
	}
}

// Days that what was removed or replaced can be had back. Of the state it is all
// checkpoints of those days, each paid for.
const (
	removedStateDays = 3
	replacedDataDays = 30
)

func replacedAfter(days int) *awss3.LifecycleRule {
	return &awss3.LifecycleRule{NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(days))}
}
