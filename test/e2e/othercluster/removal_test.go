//go:build e2e

package othercluster

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/account/standin"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/removal"
	"github.com/sluice-flink/sluice/infra/verify/look"
	"github.com/sluice-flink/sluice/local/cluster"
	"github.com/sluice-flink/sluice/local/demo/whereabouts"
)

// removing is what `make destroy --savepoints` does to a platform whose jobs and
// ledger are real, and whose stacks are those of a stand-in.
type removing struct {
	*removal.Removal
	account *standin.AWS

	mu    sync.Mutex
	lines []string
}

// removalOf reads the committed templates of the checkout at root.
func removalOf(t *testing.T, root string, c *cluster.Cluster, w whereabouts.Whereabouts) *removing {
	t.Helper()
	p, err := platform.Open(filepath.Join(root, "infra", "platform.yaml"), platform.AllRegions())
	must(t, err)
	r := &removing{account: standin.FromTemplates(t, filepath.Join(root, "infra", "testdata", "platform"), p.Stacks())}
	for _, s := range r.account.Stacks {
		if _, is := s.Outputs["LedgerBucketName"]; is {
			s.Outputs["LedgerBucketName"] = w.Ledger
		}
	}
	r.account.Start(t)
	in, err := account.Open(t.Context(), standin.Region)
	must(t, err)
	in.Objects = w.Objects()
	on, err := look.Connect(c.Config, true)
	must(t, err)
	r.Removal = &removal.Removal{Platform: p, Account: in, Cluster: on, Savepoints: true, Say: r.say, Now: time.Now, Poll: time.Second, Sleep: removal.Wait}
	return r
}

func (r *removing) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// refusesMeanwhile waits until the release has begun, and holds that nothing is
// removed while it goes on.
func (r *removing) refusesMeanwhile(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // a limit for a test that hangs
	defer cancel()
	for {
		busy, err := r.InFlight(ctx, time.Now())
		must(t, err)
		if len(busy) > 0 {
			break
		}
		must(t, removal.Wait(ctx, 200*time.Millisecond))
	}
	err := r.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "a release is in flight: "+counter.String()) {
		t.Errorf("while a release is in flight it says %v", err)
	}
	if left := r.account.Named(); !strings.Contains(left, r.Platform.StackName(platform.EventPlanePart)) {
		t.Errorf("it removed stacks: there is %s", left)
	}
}

var savepointLine = regexp.MustCompile(`^FlinkDeployment ` + counter.Namespace + `/` + counter.Name + ` is suspended: its state is in s3://([^/]+)/(.+)$`)

// leavesASavepoint removes the platform and looks for what was promised to stay.
func (r *removing) leavesASavepoint(t *testing.T) {
	t.Helper()
	err := r.Run(t.Context())
	lines := strings.Join(r.lines, "\n")
	if err != nil {
		t.Fatalf("%v, after\n%s", err, lines)
	}
	for _, line := range r.lines {
		at := savepointLine.FindStringSubmatch(line)
		if at == nil {
			continue
		}
		key := strings.TrimSuffix(at[2], "/") + "/_metadata"
		if _, err := r.Account.Objects.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &at[1], Key: &key}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		return
	}
	t.Errorf("nothing says where the state is:\n%s", lines)
}
