package removal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/account/standin"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/ledger"
)

// deployed is a removal of the shipped platform from a stand-in in which the
// committed templates are deployed. Its cluster is another test's, on a real API.
func deployed(t *testing.T) (*standin.AWS, *Removal) {
	t.Helper()
	p, err := platform.Open("../platform.yaml", platform.AllRegions())
	if err != nil {
		t.Fatal(err)
	}
	a := standin.FromTemplates(t, "../testdata/platform", p.Stacks())
	a.Start(t)
	named := 0
	for _, s := range a.Stacks { // the ledger lies in a bucket, which the stand-in has none of
		if _, is := s.Outputs[ledgerOutput]; is && s.Name == p.StackName(platform.EventPlanePart) {
			named++
		}
		delete(s.Outputs, ledgerOutput)
	}
	if named != 1 { // without it no release in flight would ever be seen
		t.Fatalf("%d event planes put out %s", named, ledgerOutput)
	}
	return a, removalIn(t, p)
}

func removalIn(t *testing.T, p platform.Platform) *Removal {
	t.Helper()
	in, err := account.Open(t.Context(), standin.Region)
	if err != nil {
		t.Fatal(err)
	}
	return &Removal{Platform: p, Account: in, Say: t.Logf, Now: time.Now, Looks: 5, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func TestEverythingGoesInTheOrderInWhichNothingIsLeftBehind(t *testing.T) {
	a, r := deployed(t)
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := a.Named(); left != "" {
		t.Errorf("there is still %s", left)
	}
	var deleted []string
	firstStack := -1
	for i, call := range a.Calls {
		if name, is := strings.CutPrefix(call, "DeleteStack "); is {
			deleted = append(deleted, name)
			if firstStack < 0 {
				firstStack = i
			}
		} else if firstStack >= 0 && !strings.HasPrefix(call, "UpdateTerminationProtection ") {
			t.Errorf("%s comes after a stack was deleted", call)
		}
	}
	order := r.Platform.Stacks()
	slices.Reverse(order)
	if !slices.Equal(deleted, order) {
		t.Errorf("deleted %v, want %v", deleted, order)
	}
	for id, state := range a.Switches {
		if strings.HasPrefix(id, "sluice-eventplane") && state == "ENABLED" {
			t.Errorf("%s was never switched off", id)
		}
	}
	if len(a.Refused) > 0 {
		t.Errorf("it asked for %v", a.Refused)
	}
}

// The crash test: it dies at each change there is, before and after the change
// happened, is run again, and ends the same.
func TestItDiesAnywhereAndGoesOnFromThere(t *testing.T) {
	whole, r := deployed(t)
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	changes := len(whole.Calls)
	if changes < 10 {
		t.Fatalf("only %d changes: %v", changes, whole.Calls)
	}
	for at := 1; at <= changes; at++ {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("at %d, late %v", at, late), func(t *testing.T) {
				a, r := deployed(t)
				t.Setenv("AWS_MAX_ATTEMPTS", "1") // what has died does not come back
				r = removalIn(t, r.Platform)
				a.DiesAt, a.Late = at, late
				if err := r.Run(t.Context()); err == nil {
					t.Fatal("it did not die")
				}
				a.DiesAt = 0
				t.Setenv("AWS_MAX_ATTEMPTS", "") // and who runs it again tries as often as the SDK does
				r = removalIn(t, r.Platform)
				if err := r.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				if left := a.Named(); left != "" {
					t.Errorf("there is still %s", left)
				}
				var done []string
				for _, call := range a.Calls {
					if strings.HasPrefix(call, "died ") {
						continue
					}
					if slices.Contains(done, call) {
						t.Errorf("%s was done twice", call)
					}
					done = append(done, call)
				}
			})
		}
	}
}

func TestAStackThatDoesNotGoSaysWhichResourceKeepsItAndWhy(t *testing.T) {
	a, r := deployed(t)
	network := a.Stacks[0]
	network.Stuck = map[string]string{network.Resources[0].Logical: "The vpc has dependencies and cannot be deleted."}
	err := r.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "stack sluice-network: the stack is DELETE_FAILED: "+network.Resources[0].Logical) || !strings.Contains(err.Error(), "has dependencies") || !strings.Contains(err.Error(), "run the same again") {
		t.Fatalf("it says %v", err)
	}
	network.Stuck = nil
	if err := r.Run(t.Context()); err != nil || a.Named() != "" {
		t.Errorf("again: %v, left %s", err, a.Named())
	}
}

func TestAStackThatTakesForeverIsNotWaitedForForever(t *testing.T) {
	a, r := deployed(t)
	a.Stacks[len(a.Stacks)-1].Slow = 100
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "does not go: "+a.Stacks[len(a.Stacks)-1].Name+" is DELETE_IN_PROGRESS") {
		t.Errorf("it says %v", err)
	}
	a.Stacks[len(a.Stacks)-1].Slow = 0
	if err := r.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSomebodyWhoStopsItIsHeard(t *testing.T) {
	_, r := deployed(t)
	ctx, stop := context.WithCancel(t.Context())
	r.Sleep = func(context.Context, time.Duration) error { stop(); return ctx.Err() }
	if err := r.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// What a stack retains outlives it with all that it holds: state, jars, the ledger.
// A bucket that goes with its stack has to be empty before.
func TestABucketIsEmptiedOnlyIfItGoesWithItsStack(t *testing.T) {
	a, r := deployed(t)
	doomed := func() (all []string) {
		for _, name := range r.Platform.Stacks() {
			found, err := r.Account.Doomed(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, found...)
		}
		return all
	}
	if found := doomed(); len(found) > 0 {
		t.Errorf("it would empty %v", found)
	}
	var going string
	for _, s := range a.Stacks {
		for i, one := range s.Resources {
			if one.Type == account.BucketType && going == "" {
				s.Resources[i].Retained, going = false, one.ID
			}
		}
	}
	if found := doomed(); going == "" || !slices.Equal(found, []string{going}) {
		t.Errorf("it would empty %v, and %q goes with its stack", found, going)
	}
}

func TestWhatToDoAboutAStackFollowsFromItsState(t *testing.T) {
	for _, c := range []struct {
		status string
		asked  bool
		want   move
	}{
		{"CREATE_COMPLETE", false, ask}, {"UPDATE_ROLLBACK_FAILED", false, ask}, {"DELETE_FAILED", false, ask}, {"CREATE_COMPLETE", true, ask},
		{"DELETE_FAILED", true, giveUp}, {"DELETE_IN_PROGRESS", true, wait}, {"UPDATE_IN_PROGRESS", false, wait},
	} {
		if got := next(c.status, c.asked); got != c.want {
			t.Errorf("%s, asked %v: %v, want %v", c.status, c.asked, got, c.want)
		}
	}
}

func TestAReleaseInFlightIsSeenInTheLedger(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := ledger.New(ledger.NewMemory())
	app := flink.Application{Namespace: "flink-team-a-ns", Name: "counter"}
	_, err := ledger.Update(t.Context(), s, app, func(d *ledger.Document) error {
		_, err := d.Take("execution", "r1", now, time.Minute)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if busy, err := (&Removal{}).held(t.Context(), s, now); err != nil || len(busy) != 1 || !strings.Contains(busy[0], "flink-team-a-ns/counter (release r1") {
		t.Errorf("%v, %v", busy, err)
	}
	if busy, err := (&Removal{}).held(t.Context(), s, now.Add(time.Hour)); err != nil || len(busy) != 0 {
		t.Errorf("an hour later: %v, %v", busy, err)
	}
}

func TestWhatStaysBillableIsListedWithTheCommandThatRemovesIt(t *testing.T) {
	a, r := deployed(t)
	a.LogGroups = map[string]int64{"/aws/eks/sluice/cluster": 2e9, "/aws/eks/other/cluster": 1, "/aws/lambda/sluice-network-x": 5, "sluice-cluster-HandlerLog-1": 7, "sluice-search": 1}
	a.EC2 = standin.EC2{
		Instances:  []standin.Machine{{ID: "i-1", State: "running", Tags: map[string]string{"kubernetes.io/cluster/sluice": "owned"}}, {ID: "i-2", State: "terminated", Tags: map[string]string{"kubernetes.io/cluster/sluice": "owned"}}, {ID: "i-3", State: "running", Tags: map[string]string{"kubernetes.io/cluster/other": "owned"}}},
		Volumes:    []standin.Machine{{ID: "vol-1", State: "available", GiB: 20, Tags: map[string]string{"kubernetes.io/created-for/pvc/namespace": "monitoring"}}, {ID: "vol-2", State: "available", GiB: 1}},
		Interfaces: []standin.Machine{{ID: "eni-1", State: "available", Tags: map[string]string{"cluster.k8s.amazonaws.com/name": "sluice"}}},
		Addresses:  []standin.Machine{{ID: "eipalloc-1", Tags: map[string]string{"aws:cloudformation:stack-name": "sluice-network"}}},
		Snapshots:  []standin.Machine{{ID: "snap-1", State: "completed", GiB: 8, Tags: map[string]string{"kubernetes.io/cluster/sluice": "owned"}}},
	}
	a.Tagged = []standin.Tagged{
		{ARN: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/1", Tags: map[string]string{"elbv2.k8s.aws/cluster": "sluice"}},
		{ARN: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/b", Tags: map[string]string{"kubernetes.io/cluster/sluice": "owned"}},
		{ARN: "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/c/1", Tags: map[string]string{"elbv2.k8s.aws/cluster": "other"}},
	}
	clear(a.Buckets) // sizes are another test's: here somebody has removed them
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, unseen := r.Leftovers(t.Context())
	if len(unseen) > 0 {
		t.Error(unseen)
	}
	got := map[string]string{}
	keys := 0
	for _, left := range all {
		if left.What == "key" {
			keys++
			continue
		}
		got[left.ID] = left.Remove
	}
	if keys != 3 {
		t.Errorf("%d keys, and the templates retain 3", keys)
	}
	for id, command := range map[string]string{
		"/aws/eks/sluice/cluster": "aws logs delete-log-group --log-group-name /aws/eks/sluice/cluster", "/aws/lambda/sluice-network-x": "aws logs delete-log-group --log-group-name /aws/lambda/sluice-network-x",
		"sluice-cluster-HandlerLog-1": "aws logs delete-log-group --log-group-name sluice-cluster-HandlerLog-1",
		"i-1":                         "aws ec2 terminate-instances --instance-ids i-1", "vol-1": "aws ec2 delete-volume --volume-id vol-1", "snap-1": "aws ec2 delete-snapshot --snapshot-id snap-1",
		"eni-1": "aws ec2 delete-network-interface --network-interface-id eni-1", "eipalloc-1": "aws ec2 release-address --allocation-id eipalloc-1",
		"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/1": "aws elbv2 delete-load-balancer --load-balancer-arn arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/a/1",
		"arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/b":       "aws elb delete-load-balancer --load-balancer-name b",
	} {
		if got[id] != command {
			t.Errorf("%s: %q, want %q", id, got[id], command)
		}
		delete(got, id)
	}
	if len(got) > 0 {
		t.Errorf("it lists what is nobody's: %v", got)
	}
}

func TestTheLogsOfAClusterThatExistedBeforeAreNotLeftBehind(t *testing.T) {
	a, r := deployed(t)
	r.Platform.Cluster.Existing = &platform.ExistingCluster{Name: "main"}
	a.LogGroups = map[string]int64{"/aws/eks/main/cluster": 2e9, "/sluice/pods": 1}
	all, err := r.logs(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != "/sluice/pods" {
		t.Errorf("%v, %v", all, err)
	}
}
