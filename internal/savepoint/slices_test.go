package savepoint_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

// big makes a savepoint of files of several blocks each.
func big(t *testing.T, sizes ...int) (savepoint.Store, *savepoint.Memory) {
	t.Helper()
	store, objects, _ := world(t, 0)
	dir := savepoint.Location{Bucket: "state", Key: strings.TrimPrefix(path, "s3://state/")}
	var files []savepointtest.File
	for i, size := range sizes {
		f := savepointtest.File{Name: "state-" + string(rune('a'+i)), Body: savepointtest.Bytes("big", size)}
		files = append(files, f)
		objects.Put(savepoint.Location{Bucket: dir.Bucket, Key: dir.Key + "/" + f.Name}, f.Body, taken)
	}
	objects.Put(savepoint.Location{Bucket: dir.Bucket, Key: dir.Key + "/_metadata"}, savepointtest.Metadata(1, files...), taken)
	return store, objects
}

func TestReadingGoesOnInTheNextCall(t *testing.T) {
	store, _ := big(t, 5<<20, 0, 1<<20, 3<<20+7)
	whole, wholeKey := savepoint.Progress{}, "snapshots/whole.json"
	for !whole.Done {
		var err error
		whole, err = store.Record(t.Context(), wholeKey, path, savepoint.Budget{})
		must(t, err)
	}
	calls, p := 0, savepoint.Progress{}
	for ; !p.Done; calls++ {
		// Another process: nothing is kept but what lies in the bucket.
		var err error
		p, err = savepoint.Store{Objects: store.Objects, Lists: store.Lists}.Record(t.Context(), key, path, savepoint.Budget{Bytes: 1})
		must(t, err)
	}
	a, _, err := store.Lists.Get(t.Context(), wholeKey)
	must(t, err)
	b, _, err := store.Lists.Get(t.Context(), key)
	must(t, err)
	if !bytes.Equal(a, b) || calls < 10 {
		t.Errorf("%d calls give\n%s\nand one gives\n%s", calls, b, a)
	}
	r := savepoint.Report{}
	for calls = 0; !r.Done; calls++ {
		body, err := json.Marshal(r) // through a state machine's document
		must(t, err)
		r = savepoint.Report{}
		must(t, json.Unmarshal(body, &r))
		r, err = store.Verify(t.Context(), key, path, r, savepoint.Budget{Over: func() bool { return true }})
		must(t, err)
	}
	if !r.Sound() || r.Compared != 5 || calls < 10 {
		t.Errorf("%d calls: %+v: %s", calls, r, r.Message())
	}
}

func TestAFileThatIsWrittenAnewBetweenTwoCallsIsReadFromItsBeginning(t *testing.T) {
	store, objects := big(t, 3<<20)
	_, err := store.Record(t.Context(), key, path, savepoint.Budget{})
	must(t, err)
	r := savepoint.Report{}
	for range 3 { // _metadata, and two blocks of the file
		r, err = store.Verify(t.Context(), key, path, r, savepoint.Budget{Bytes: 1})
		must(t, err)
	}
	if r.Next.Offset != 2<<20 {
		t.Fatalf("it stands at %+v", r.Next)
	}
	changed := savepointtest.Bytes("big", 3<<20)
	changed[0] ^= 1
	objects.Put(savepoint.Location{Bucket: "state", Key: strings.TrimPrefix(path, "s3://state/") + "/state-a"}, changed, taken)
	r, err = store.Verify(t.Context(), key, path, r, savepoint.Budget{})
	must(t, err)
	if len(r.Faults) != 1 || r.Faults[0].Kind != savepoint.WrongContent {
		t.Errorf("%+v: %s", r, r.Message())
	}
}

func TestASavepointThatIsNotWholeIsNotRecorded(t *testing.T) {
	store, objects, keys := world(t, 3)
	must(t, objects.Delete(t.Context(), "state", keys[2:3]))
	_, err := store.Record(t.Context(), key, path, savepoint.Budget{})
	if flink.CodeOf(err) != flink.Invalid || !strings.Contains(err.Error(), keys[2]+" is missing") {
		t.Errorf("it is said: %v", err)
	}
	if _, _, err := store.Lists.Get(t.Context(), key); flink.CodeOf(err) != flink.NotFound {
		t.Errorf("a list was written: %v", err)
	}
}

func TestACompleteListIsNotWrittenAgain(t *testing.T) {
	store, objects, keys := recorded(t, 3)
	objects.Put(savepoint.Location{Bucket: "state", Key: keys[1]}, savepointtest.Bytes("damaged since", 1024), taken)
	p, err := store.Record(t.Context(), key, path, savepoint.Budget{})
	must(t, err)
	if !p.Done || verified(t, store, key).Sound() {
		t.Errorf("%+v, and the damage was recorded", p)
	}
}

func TestAListOfAnotherVersionOfSluiceIsLeftAlone(t *testing.T) {
	store, _, _ := world(t, 1)
	must(t, store.Lists.Put(t.Context(), key, []byte(`{"schema":2}`)))
	_, recording := store.Record(t.Context(), key, path, savepoint.Budget{})
	_, verifying := store.Verify(t.Context(), key, path, savepoint.Report{}, savepoint.Budget{})
	for _, err := range []error{recording, verifying} {
		if flink.CodeOf(err) != flink.Refused || !strings.Contains(err.Error(), "has the schema 2") {
			t.Errorf("it is said: %v", err)
		}
	}
}

// allowance is how many calls succeed before the connection breaks.
type allowance int

func (a *allowance) use(what string) error {
	if *a--; *a < 0 {
		return flink.Errorf(flink.Unavailable, what, "the connection broke")
	}
	return nil
}

// The stores behind an allowance.
type (
	failingObjects struct {
		*savepoint.Memory
		*allowance
	}
	failingLists struct {
		*ledger.Memory
		*allowance
	}
)

func (f failingObjects) Open(ctx context.Context, bucket, key, etag string, from int64) (io.ReadCloser, error) {
	if err := f.use("open"); err != nil {
		return nil, err
	}
	return f.Memory.Open(ctx, bucket, key, etag, from)
}

func (f failingLists) Put(ctx context.Context, key string, body []byte) error {
	if err := f.use("put"); err != nil {
		return err
	}
	return f.Memory.Put(ctx, key, body)
}

func TestARecordingThatIsCutOffAnywhereComesToTheSameList(t *testing.T) {
	store, objects := big(t, 2<<20, 1<<20+1, 0)
	_, err := store.Record(t.Context(), "whole", path, savepoint.Budget{})
	must(t, err)
	whole, _, err := store.Lists.Get(t.Context(), "whole")
	must(t, err)
	for left, cutOff := 0, true; cutOff; left++ {
		lists, calls := ledger.NewMemory(), allowance(left)
		_, err := savepoint.Store{Objects: failingObjects{objects, &calls}, Lists: failingLists{lists, &calls}}.Record(t.Context(), key, path, savepoint.Budget{})
		if cutOff = err != nil; cutOff && flink.CodeOf(err) != flink.Unavailable {
			t.Fatalf("cut off after %d calls: %v", left, err)
		}
		for done := false; !done; {
			p, err := savepoint.Store{Objects: objects, Lists: lists}.Record(t.Context(), key, path, savepoint.Budget{Bytes: 1 << 20})
			must(t, err)
			done = p.Done
		}
		if got, _, err := lists.Get(t.Context(), key); err != nil || !bytes.Equal(got, whole) {
			t.Errorf("cut off after %d calls: %v, %s", left, err, got)
		}
	}
}

func TestAnUnfinishedListProvesNoContent(t *testing.T) {
	store, _ := big(t, 2<<20)
	p, err := store.Record(t.Context(), key, path, savepoint.Budget{Bytes: 1})
	must(t, err)
	if r := verified(t, store, key); p.Done || r.Listed || !r.Sound() {
		t.Errorf("recorded %+v, proven %+v", p, r)
	}
}
