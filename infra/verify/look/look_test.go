package look_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/infra/account"
	"github.com/sluice-flink/sluice/infra/account/standin"
	"github.com/sluice-flink/sluice/infra/platform"
	"github.com/sluice-flink/sluice/infra/verify"
	"github.com/sluice-flink/sluice/infra/verify/look"
)

func deployed(t *testing.T) (platform.Platform, *standin.AWS, look.Sources) {
	t.Helper()
	p, err := platform.Open("../../platform.yaml", platform.AllRegions())
	if err != nil {
		t.Fatal(err)
	}
	a := standin.FromTemplates(t, "../../testdata/platform", p.Stacks())
	a.Start(t)
	in, err := account.Open(t.Context(), standin.Region)
	if err != nil {
		t.Fatal(err)
	}
	return p, a, look.Sources{Account: in, NoCluster: "there is none here"}
}

// ofAccount are the parts that the account tells.
var ofAccount = []verify.Part{verify.Stacks, verify.Identities, verify.EventPlane, verify.Buckets}

func faults(t *testing.T, p platform.Platform, from look.Sources) map[verify.Part][]string {
	t.Helper()
	all := map[verify.Part][]string{}
	for _, f := range verify.Faults(verify.Judge(p, look.Platform(t.Context(), p, from))) {
		if slices.Contains(ofAccount, f.Part) {
			all[f.Part] = append(all[f.Part], f.What+": "+f.Fault)
		}
	}
	return all
}

func TestWhatTheTemplatesDeployIsWhatIsExpected(t *testing.T) {
	p, a, from := deployed(t)
	if found := faults(t, p, from); len(found) > 0 {
		t.Errorf("%v", found)
	}
	if len(a.Calls)+len(a.Refused) > 0 {
		t.Errorf("looking changed %v, and asked for %v", a.Calls, a.Refused)
	}
}

func TestWhatIsWrongInTheAccountIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*standin.AWS)
		part  verify.Part
		want  string
	}{
		"a stack failed":       {func(a *standin.AWS) { a.Stacks[0].Status, a.Stacks[0].Reason = "UPDATE_ROLLBACK_FAILED", "why" }, verify.Stacks, "stack sluice-network: UPDATE_ROLLBACK_FAILED: why"},
		"a stack is not there": {func(a *standin.AWS) { a.Stacks = a.Stacks[:len(a.Stacks)-1] }, verify.Stacks, "stack sluice-team-a: it is not there"},
		"a rule of the bus": {func(a *standin.AWS) {
			for id := range a.Switches {
				if strings.HasPrefix(id, "sluice-eventplane|") {
					a.Switches[id] = "DISABLED"
				}
			}
		}, verify.EventPlane, "DISABLED"},
		"a rule is gone": {func(a *standin.AWS) {
			for id := range a.Switches {
				if strings.Contains(id, "AlarmRule") {
					delete(a.Switches, id)
				}
			}
		}, verify.EventPlane, "gone"},
		"an identity": {func(a *standin.AWS) { delete(a.Identities, "kube-system/karpenter") }, verify.Identities, "kube-system/karpenter"},
		"a bucket": {func(a *standin.AWS) {
			for name := range a.Buckets {
				a.Buckets[name] = standin.Bucket{Versioned: true}
			}
		}, verify.Buckets, "public access is not blocked"},
		"no rights":  {func(a *standin.AWS) { a.Deny["DescribeRule"] = true }, verify.EventPlane, "not authorized to perform: DescribeRule"},
		"no cluster": {func(a *standin.AWS) { clear(a.Clusters) }, verify.Identities, "No cluster found"},
		"an undelivered": {func(a *standin.AWS) {
			for url := range a.Queues {
				a.Queues[url] = 1
			}
		}, verify.EventPlane, "1 wait in https://sqs.eu-west-1.amazonaws.com/"},
	} {
		t.Run(name, func(t *testing.T) {
			p, a, from := deployed(t)
			c.spoil(a)
			found := faults(t, p, from)
			if len(found) != 1 || !strings.Contains(strings.Join(found[c.part], "\n"), c.want) {
				t.Errorf("want %s in %s: %v", c.want, c.part, found)
			}
		})
	}
}

func TestHelmsRecordIsReadAsHelmWritesIt(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte(`{"name":"karpenter","info":{"status":"deployed"},"chart":{"metadata":{"name":"karpenter","version":"1.14.1"}},"version":3}`))
	_ = w.Close()
	inner := base64.StdEncoding.EncodeToString(packed.Bytes())
	got, err := look.RecordOf(base64.StdEncoding.EncodeToString([]byte(inner)))
	if err != nil || got.Info.Status != "deployed" || got.Chart.Metadata.Version != "1.14.1" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "no base64!", base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte("no gzip"))))} {
		if _, err := look.RecordOf(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
