package savepoint_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

const root = "s3://state/savepoints/counter"

func TestARemovedSavepointLeavesNothingAndItsNeighboursStay(t *testing.T) {
	store, objects, keys := world(t, 2200)
	near, err := savepointtest.Put(objects, path+"6", 2, taken) // its path begins with the other's
	must(t, err)
	r, err := store.Remove(t.Context(), root, path)
	must(t, err)
	if r.Files != len(keys) || r.Bytes != 2200*1024 {
		t.Errorf("removed %+v", r)
	}
	if left := objects.Keys("state", ""); strings.Join(left, " ") != strings.Join(near, " ") {
		t.Errorf("left are %s", left)
	}
	if again, err := store.Remove(t.Context(), root, path); err != nil || again.Files != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// breaking fails from the n-th Delete on.
type breaking struct {
	*savepoint.Memory
	left int
}

func (b *breaking) Delete(ctx context.Context, bucket string, keys []string) error {
	if b.left--; b.left < 0 {
		return flink.Errorf(flink.Unavailable, "delete", "the connection broke")
	}
	return b.Memory.Delete(ctx, bucket, keys)
}

func TestWhatIsHalfRemovedNeverLooksWholeAndIsRemovedByTheNextCall(t *testing.T) {
	for left := range 4 {
		store, objects, _ := world(t, 1500)
		for i := range 1000 { // a page of files that sort before _metadata, as most of Flink's own names do
			objects.Put(savepoint.Location{Bucket: "state", Key: fmt.Sprintf("%s/%04d", strings.TrimPrefix(path, "s3://state/"), i)}, nil, taken)
		}
		store.Objects = &breaking{objects, left}
		if _, err := store.Remove(t.Context(), root, path); flink.CodeOf(err) != flink.Unavailable {
			t.Fatalf("cut off after %d deletes: %v", left, err)
		}
		store.Objects = objects
		if _, err := store.Metadata(t.Context(), path); left > 0 && flink.CodeOf(err) != flink.NotFound {
			t.Errorf("cut off after %d deletes it looks whole: %v", left, err)
		}
		_, err := store.Remove(t.Context(), root, path)
		must(t, err)
		if keys := objects.Keys("state", ""); len(keys) > 0 {
			t.Errorf("left are %d files", len(keys))
		}
	}
}

func TestWhatIsNoSavepointOfTheApplicationIsNotRemoved(t *testing.T) {
	store, objects, _ := world(t, 2)
	put := func(key string) { objects.Put(savepoint.Location{Bucket: "state", Key: key}, []byte("x"), taken) }
	put("savepoints/counter/job/chk-7/_metadata")
	put("savepoints/counter/job/shared/sst")
	put("savepoints/other/savepoint-1/_metadata")
	before := len(objects.Keys("state", ""))
	for path, want := range map[string]string{
		root:                    "does not lie below",
		root + "/":              "does not lie below",
		"s3://state/savepoints": "does not lie below",
		"s3://state/savepoints/counter-2/savepoint": "does not lie below",
		"s3://other/savepoints/counter/savepoint":   "does not lie below",
		root + "/../other/savepoint-1":              "has . or .. in it",
		"hdfs://state/savepoints/counter/x":         "only s3, s3a and s3p",
		root + "/job/chk-7":                         "a directory of checkpoints",
		root + "/job/shared":                        "a directory of checkpoints",
		root + "/job":                               "name the savepoint itself",
	} {
		if _, err := store.Remove(t.Context(), root, path); flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if after := len(objects.Keys("state", "")); after != before {
		t.Errorf("%d files were removed", before-after)
	}
}

// What its name does not tell, its own _metadata does.
func TestADirectoryOfSavepointsMayLieBelowWhateverName(t *testing.T) {
	store, objects, _ := world(t, 1)
	const in = "s3://state/shared/savepoints"
	_, err := savepointtest.Put(objects, in+"/savepoint-aaaaaa-bbbbbbbbbbbb", 2, taken)
	must(t, err)
	if r, err := store.Remove(t.Context(), in, in+"/savepoint-aaaaaa-bbbbbbbbbbbb"); err != nil || r.Files == 0 {
		t.Errorf("removed %+v, %v", r, err)
	}
}

func TestWhatCallsItselfACheckpointIsNotRemoved(t *testing.T) {
	store, objects, _ := world(t, 1)
	body := read(t, "testdata/1.20.5/rocksdb-incremental/_metadata")
	objects.Put(savepoint.Location{Bucket: "state", Key: "savepoints/counter/moved/_metadata"}, body, taken)
	_, err := store.Remove(t.Context(), root, root+"/moved")
	if flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), "says that it is a checkpoint") {
		t.Errorf("it is said: %v", err)
	}
	// Damage is no reason to keep it for ever.
	objects.Put(savepoint.Location{Bucket: "state", Key: "savepoints/counter/moved/_metadata"}, body[:100], taken)
	if r, err := store.Remove(t.Context(), root, root+"/moved"); err != nil {
		t.Errorf("damaged: %+v, %v", r, err)
	}
}

func TestStraysAreToldApart(t *testing.T) {
	store, objects, _ := world(t, 3)
	put := func(key string, hours int) {
		objects.Put(savepoint.Location{Bucket: "state", Key: "savepoints/counter/" + key}, []byte("12345"), taken.Add(time.Duration(hours)*time.Hour))
	}
	_, err := savepointtest.Put(objects, root+"/savepoint-aaaaaa-000000000001", 2, taken)
	must(t, err)
	_, err = savepointtest.Put(objects, root+"/by-hand/before-migration", 1, taken)
	must(t, err)
	put("savepoint-bbbbbb-000000000002/state-1", -5)
	put("savepoint-bbbbbb-000000000002/sub/state-2", 2)
	put("job/chk-7/_metadata", 0)
	put("job/shared/sst", 0)
	put("notes.txt", 0)
	objects.Put(savepoint.Location{Bucket: "state", Key: "savepoints/counter/empty/"}, nil, taken)
	objects.Put(savepoint.Location{Bucket: "state", Key: "savepoints/counter-2/_metadata"}, nil, taken)

	survey, err := store.Strays(t.Context(), root+"/", savepoint.Search{Known: []string{path + "/_metadata", "s3://state/elsewhere", "file:///x"}})
	must(t, err)
	if survey.Known != 1 || survey.Partial || len(survey.Strays) != 5 {
		t.Fatalf("%+v", survey)
	}
	for i, want := range []struct {
		path  string
		kind  savepoint.StrayKind
		files int
	}{
		{"", savepoint.StrayFiles, 1},
		{"/by-hand/before-migration", savepoint.StraySavepoint, 2},
		{"/job", savepoint.StrayCheckpoints, 2},
		{"/savepoint-aaaaaa-000000000001", savepoint.StraySavepoint, 3},
		{"/savepoint-bbbbbb-000000000002", savepoint.StrayUnfinished, 2},
	} {
		if s := survey.Strays[i]; s.Path != root+want.path || s.Kind != want.kind || s.Files != want.files {
			t.Errorf("got %+v, want %+v", s, want)
		}
	}
	if s := survey.Strays[4]; s.Size != 10 || !s.Oldest.Equal(taken.Add(-5*time.Hour)) || !s.Newest.Equal(taken.Add(2*time.Hour)) {
		t.Errorf("size and age: %+v", s)
	}
}

func TestASurveyEndsWhereOthersKeepSavepointsTooAndWhereItWasToldTo(t *testing.T) {
	store, objects, _ := world(t, 3)
	for _, dir := range []string{"/ours-1/savepoint-aaaaaa-000000000001", "/theirs-1/savepoint-bbbbbb-000000000001"} {
		_, err := savepointtest.Put(objects, root+dir, 2, taken)
		must(t, err)
	}
	theirs := func(name string) bool { return strings.HasPrefix(name, "theirs") }

	survey, err := store.Strays(t.Context(), root, savepoint.Search{Others: theirs})
	must(t, err)
	if !survey.Shared || len(survey.Strays) > 0 || survey.Partial {
		t.Errorf("shared: %+v", survey)
	}
	survey, err = store.Strays(t.Context(), root+"/ours-1", savepoint.Search{Others: theirs})
	must(t, err)
	if survey.Shared || len(survey.Strays) != 1 {
		t.Errorf("not shared: %+v", survey)
	}
	survey, err = store.Strays(t.Context(), root, savepoint.Search{Most: 3})
	must(t, err)
	if !survey.Partial || len(survey.Strays) != 1 {
		t.Errorf("the first three objects: %+v", survey)
	}
}
