package task

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
	"github.com/sluice-flink/sluice/internal/savepoint"
)

// listings counts the pages that are asked for.
type listings struct {
	*savepoint.Memory
	pages int
}

// List implements savepoint.Objects.
func (l *listings) List(ctx context.Context, bucket, prefix, after string) (savepoint.Page, error) {
	l.pages++
	return l.Memory.List(ctx, bucket, prefix, after)
}

// TestASharedDirectoryIsNotReadByEveryRotation: what each rotation reads must not
// grow with the number of applications, and what another one knows is no stray.
func TestASharedDirectoryIsNotReadByEveryRotation(t *testing.T) {
	objects := &listings{Memory: savepoint.NewMemory()}
	tasks := Tasks{Deps{Ledger: ledger.New(ledger.NewMemory()), Clock: noon{}, Snapshots: savepoint.Store{Objects: objects}}}
	saved := func(app flink.Application) {
		objects.Put(savepoint.Location{Bucket: "data", Key: fmt.Sprintf("shared/%s/savepoint-000000-000000000001/_metadata", rotationID(app, sweptAt))}, []byte("x"), sweptAt)
	}
	mine := flink.Application{Namespace: "team", Name: "mine"}
	saved(mine)
	alone := Rotation{RotationItem: RotationItem{Application: mine}, Directory: "s3://data/shared"}
	if n := tasks.countStrays(t.Context(), &alone); n != 1 || !strings.Contains(alone.Timeline[0].Note, "is known to nobody") {
		t.Errorf("alone: %d strays, %+v", n, alone.Timeline)
	}
	for n := range 5000 {
		saved(flink.Application{Namespace: "team", Name: fmt.Sprintf("other-%d", n)})
	}
	objects.pages = 0
	shared := Rotation{RotationItem: RotationItem{Application: mine}, Directory: "s3://data/shared"}
	if n := tasks.countStrays(t.Context(), &shared); n != 0 || objects.pages != 1 || !strings.Contains(shared.Timeline[0].Note, "other applications keep savepoints in s3://data/shared too") {
		t.Errorf("shared: %d strays after %d pages, %+v", n, objects.pages, shared.Timeline)
	}
}
