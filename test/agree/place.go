package agree

import (
	"context"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Place is where a scenario is run: the model, or real parts. One place has
// room for one application, which is not there when the run begins.
type Place interface {
	flink.Target

	Application() flink.Application
	// Revision is one of the versions that scenarios speak of: see versions.go.
	Revision(version string) (flink.Revision, error)
	// Directory is where asked-for savepoints are written; Nowhere one where none can be.
	Directory() string
	Nowhere() string
	// Pass lets so much time go by.
	Pass(ctx context.Context, d time.Duration) error
	// Look is the time between two looks, Settle how long a state has to last to be one.
	Look() time.Duration
	Settle() time.Duration

	// By hand does to the application what nobody asks the port for.
	KillTaskManager(ctx context.Context) error
	KillJobManager(ctx context.Context) error
	DeleteByHand(ctx context.Context) error
	CreateByHand(ctx context.Context, version string) error
	SuspendByHand(ctx context.Context) error
	// Lose deletes the files of a savepoint.
	Lose(ctx context.Context, path string) error
}
