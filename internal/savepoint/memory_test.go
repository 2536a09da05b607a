package savepoint_test

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/savepoint"
	"github.com/sluice-flink/sluice/internal/savepoint/savepointtest"
)

func TestMemoryConforms(t *testing.T) {
	savepointtest.Run(t, func(*testing.T) savepointtest.Fixture {
		m := savepoint.NewMemory()
		return savepointtest.Fixture{Objects: m, Bucket: "state", Put: func(_ *testing.T, key string, body []byte) {
			m.Put(savepoint.Location{Bucket: "state", Key: key}, body, taken)
		}}
	})
}
