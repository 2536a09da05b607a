package flink

import (
	"strings"
	"testing"
	"time"
)

func TestARehearsalIsJudgedByWhatFlinkShows(t *testing.T) {
	const path = "s3://state/sp/savepoint-1"
	since := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	failed := func(why string) JobFacts {
		return JobFacts{Reachable: true, ID: "j", State: "FAILED", Failures: []Failure{{Message: why}}}
	}
	restored := func(from string) JobFacts {
		return JobFacts{Reachable: true, ID: "j", State: "RUNNING", Checkpoints: Checkpoints{RestoredFrom: from}}
	}
	for sentence, c := range map[string]struct {
		facts   RehearsalFacts
		after   time.Duration
		want    RehearsalOutcome
		message string
	}{
		"one that is not there shows nothing": {RehearsalFacts{}, 0, RehearsalUnknown, "not there"},
		"what has just been started is waited for": {
			RehearsalFacts{Exists: true}, time.Second, RehearsalPending, "has not answered"},
		"the restored path proves it, whatever the scheme": {
			RehearsalFacts{Exists: true, Job: restored("s3a://state/sp/savepoint-1/")}, 0, RehearsalProven, "mapped its state"},
		"a job that failed after it restored is proven": {
			RehearsalFacts{Exists: true, Job: JobFacts{Reachable: true, State: "FAILED", Checkpoints: Checkpoints{RestoredFrom: path}, Failures: []Failure{{Message: "NoResourceAvailableException"}}}},
			0, RehearsalProven, ""},
		"another state proves nothing": {
			RehearsalFacts{Exists: true, Job: restored("s3://state/sp/savepoint-2")}, 0, RehearsalUnknown, "savepoint-2"},
		"an answer that is not to be trusted proves nothing": {
			RehearsalFacts{Exists: true, Job: JobFacts{Checkpoints: Checkpoints{RestoredFrom: path}}}, 0, RehearsalPending, ""},
		"an operator that is gone is not restorable": {
			RehearsalFacts{Exists: true, Job: failed("IllegalStateException: Failed to rollback to checkpoint/savepoint " + path + ". Cannot map")}, 0, RehearsalNotRestorable, "Cannot map"},
		"a lower maximum parallelism is not restorable": {
			RehearsalFacts{Exists: true, Job: failed("FlinkException: The state for task X can not be restored. The maximum parallelism (4) of the restored state is lower")}, 0, RehearsalNotRestorable, "parallelism"},
		"a savepoint without metadata is not restorable": {
			RehearsalFacts{Exists: true, Job: failed("FileNotFoundException: Cannot find meta data file '_metadata' in directory")}, 0, RehearsalNotRestorable, "_metadata"},
		"a main method that throws tells nothing of the state": {
			RehearsalFacts{Exists: true, Ended: "its JobManager ended with exit code 1: ProgramInvocationException: kafka:9092 timed out"}, 0, RehearsalUnknown, "kafka"},
		"a job that fails for another reason tells nothing of the state": {
			RehearsalFacts{Exists: true, Job: failed("AmazonS3Exception: Access Denied")}, 0, RehearsalUnknown, "Access Denied"},
		"a pod that never starts is given up in time": {
			RehearsalFacts{Exists: true, Trouble: "pod x: ErrImagePull"}, 2 * time.Minute, RehearsalUnknown, "ErrImagePull"},
	} {
		t.Run(sentence, func(t *testing.T) {
			c.facts.Since = since
			got := JudgeRehearsal(Rehearsal{Snapshot: path, Within: time.Minute}, c.facts, since.Add(c.after))
			if got.Outcome != c.want || !strings.Contains(got.Message, c.message) {
				t.Errorf("got %+v, want %s with %q", got, c.want, c.message)
			}
		})
	}
}

func TestAFindingAboutFilesKeepsWhatARestoreHasShown(t *testing.T) {
	restored, whole := &Verification{Kind: VerifyRestore, Sound: true}, Verification{Kind: VerifyMetadata, Sound: true, Message: "all there"}
	tests := map[string]struct {
		before *Verification
		now    Verification
		want   Verification
	}{
		"its files are what they were":       {restored, whole, Verification{Kind: VerifyRestore, Sound: true, Message: "its restore was seen before; all there"}},
		"it was damaged since":               {restored, Verification{Kind: VerifyMetadata}, Verification{Kind: VerifyMetadata}},
		"its restore was refused":            {&Verification{Kind: VerifyRestore}, whole, whole},
		"only its files were looked at":      {&Verification{Kind: VerifyMetadata, Sound: true}, whole, whole},
		"it is looked at for the first time": {nil, whole, whole},
	}
	for name, test := range tests {
		if got := test.now.Carrying(test.before); got != test.want {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}
