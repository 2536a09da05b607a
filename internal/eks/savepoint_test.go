package eks

import (
	"testing"
	"time"
)

func TestACheckpointThatTheOperatorTookForASavepointIsNotBelieved(t *testing.T) {
	entry := func(path, trigger string, at int64) map[string]any {
		return map[string]any{"location": path, "triggerType": trigger, "timeStamp": at}
	}
	job := map[string]any{"savepointInfo": map[string]any{
		"lastSavepoint": entry("s3://data/chk-87", "UNKNOWN", 3000),
		"savepointHistory": []any{entry("s3://data/savepoint-1", "MANUAL", 1000), entry("s3://data/savepoint-2", "UPGRADE", 2000),
			entry("s3://data/chk-87", "UNKNOWN", 3000)},
	}}
	s, trigger := lastSavepoint(job, time.Time{})
	if s.Path != "s3://data/savepoint-2" || trigger != "UPGRADE" || s.Taken.UnixMilli() != 2000 {
		t.Errorf("got %+v by %s", s, trigger)
	}
}
