package real

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// release uploads a version and waits for its record, which has to say that it runs.
func (b *Bench) release(ctx context.Context, version string) error {
	id, err := b.drop(ctx, version)
	if err != nil {
		return err
	}
	r, err := b.record(ctx, id)
	if err == nil && r.Outcome != flink.Succeeded {
		err = fmt.Errorf("it ended %s, %s: %s", r.Outcome, r.Reason, r.Message)
	}
	return err
}

// drop uploads a version's jar and tells the object's version.
func (b *Bench) drop(ctx context.Context, version string) (string, error) {
	body, err := b.jar(version)
	if err != nil {
		return "", err
	}
	id, err := b.upload(ctx, ours.String()+"/"+version, body)
	if err == nil {
		b.version[ours] = version
	}
	return id, err
}

// record waits for the record of what an object version started.
func (b *Bench) record(ctx context.Context, version string) (found ledger.Record, err error) {
	err = await(ctx, calm, "the record of the release", func(ctx context.Context) (bool, error) {
		ids, err := b.ledger.Records(ctx, ours, 3)
		if err != nil {
			return false, err
		}
		for _, id := range ids {
			if found, err = b.ledger.Record(ctx, ours, id); err != nil {
				return false, err
			}
			if strings.HasSuffix(found.Trigger, "versionId="+version) {
				return true, nil
			}
		}
		return false, nil
	})
	return found, err
}
