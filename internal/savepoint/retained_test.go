package savepoint_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-flink/sluice/internal/savepoint"
)

func TestCheckpointsAreFoundAmongTheFilesOfStates(t *testing.T) {
	const job = "00112233445566778899aabbccddeeff"
	objects := savepoint.NewMemory()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	put := func(key string) {
		objects.Put(savepoint.Location{Bucket: "d", Key: "team/app/checkpoints/" + key}, []byte("x"), at)
	}
	for i := range 3 * savepoint.MaxDelete { // more than a listing's page
		put(fmt.Sprintf("%s/shared/%06d", job, i))
	}
	put(job + "/chk-7/_metadata")
	put(job + "/chk-12/_metadata")
	put(job + "/chk-13/0a1b") // not complete
	put(job + "/taskowned/x")
	put("not-a-job/chk-1/_metadata")
	put(job + "/chk-99999999999999999999/_metadata")
	got, err := savepoint.Store{Objects: objects}.Checkpoints(t.Context(), "s3a://d/team/app/checkpoints/")
	want := []savepoint.Checkpoint{
		{Path: "s3://d/team/app/checkpoints/" + job + "/chk-12", JobID: job, Number: 12, Complete: at},
		{Path: "s3://d/team/app/checkpoints/" + job + "/chk-7", JobID: job, Number: 7, Complete: at},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}
