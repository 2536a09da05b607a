package removal

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// ledgerOutput is the output of the event plane's stack that names the ledger's bucket.
const ledgerOutput = "LedgerBucketName"

// InFlight names the applications that a release holds at that moment. Nobody
// releases anything where the event plane is gone.
func (r *Removal) InFlight(ctx context.Context, now time.Time) ([]string, error) {
	stack, err := r.Account.Stack(ctx, r.Platform.StackName(platform.EventPlanePart))
	if err != nil || stack == nil || stack.Outputs[ledgerOutput] == "" {
		return nil, err
	}
	return r.held(ctx, ledger.New(ledger.S3{Client: r.Account.Objects, Bucket: stack.Outputs[ledgerOutput]}), now)
}

func (r *Removal) held(ctx context.Context, s ledger.Store, now time.Time) ([]string, error) {
	apps, err := s.Applications(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	var all []string
	for _, app := range apps {
		if !r.concerns(app) {
			continue
		}
		d, _, err := s.Document(ctx, app)
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		if d.Held(now) {
			all = append(all, fmt.Sprintf("%s (release %s, until %s)", app, d.Lease.Release, d.Lease.Expires.UTC().Format(time.RFC3339)))
		}
	}
	return all, nil
}

// quiet refuses to go on while a release is in flight.
func (r *Removal) quiet(ctx context.Context) error {
	busy, err := r.InFlight(ctx, r.Now())
	if err != nil {
		return err
	}
	if len(busy) > 0 {
		return fmt.Errorf("a release is in flight: %s; wait until it has ended (sluice status), or cancel it", first(busy))
	}
	return nil
}
