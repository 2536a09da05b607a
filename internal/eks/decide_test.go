package eks

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/sluice-flink/sluice/internal/flink"
)

// ours is a FlinkDeployment that release rel-1, step apply, wrote with fence 5.
func ours(change func(*unstructured.Unstructured)) *resource {
	o := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"job": map[string]any{"savepointRedeployNonce": int64(3)}}}}
	o.SetAnnotations(map[string]string{releaseAnnotation: "rel-1", stepAnnotation: "apply", fenceAnnotation: "5"})
	if change != nil {
		change(o)
	}
	return &resource{o}
}

func wanted(run flink.RunState, kind flink.RestoreKind) flink.Desired {
	d := flink.Desired{Run: run, Restore: flink.Restore{Kind: kind}, Release: "rel-1", Step: "next", Fence: 5}
	if kind == flink.RestoreSnapshot {
		d.Restore.Path = "s3://state/sp"
	}
	return d
}

func TestWhatIsDoneFollowsFromWhatIsThere(t *testing.T) {
	again := wanted(flink.Running, flink.RestoreHeld)
	again.Step = "apply"
	late := wanted(flink.Running, flink.RestoreHeld)
	late.Fence = 4
	nameless := wanted(flink.Running, flink.RestoreSnapshot)
	nameless.Restore.Path = ""
	deleting := func(o *unstructured.Unstructured) {
		now := metav1.NewTime(time.Unix(1, 0))
		o.SetDeletionTimestamp(&now)
	}
	foreign := func(o *unstructured.Unstructured) { o.SetAnnotations(nil) }

	for sentence, c := range map[string]struct {
		seen  *resource
		d     flink.Desired
		nonce bool
		want  action
		code  flink.Code
	}{
		"nothing there and nothing to restore: created":             {nil, wanted(flink.Running, flink.RestoreNothing), false, create, ""},
		"nothing there and a snapshot: created, also after a crash": {nil, wanted(flink.Running, flink.RestoreSnapshot), true, create, ""},
		"nothing there and held state: not found":                   {nil, wanted(flink.Running, flink.RestoreHeld), false, "", flink.NotFound},
		"nothing there and latest state: not found":                 {nil, wanted(flink.Running, flink.RestoreLatest), false, "", flink.NotFound},
		"nothing there to suspend: not found":                       {nil, wanted(flink.Suspended, ""), false, "", flink.NotFound},
		"nothing there to bring to a standstill: not found":         {nil, wanted(flink.Suspended, flink.RestoreLatest), false, "", flink.NotFound},
		"a standstill: in place":                                    {ours(nil), wanted(flink.Suspended, flink.RestoreLatest), true, inPlace, ""},
		"the same release and step: left as is":                     {ours(nil), again, false, leaveAsIs, ""},
		"a lower fence on the object: lease lost":                   {ours(nil), late, false, "", flink.LeaseLost},
		"somebody else's object: refused":                           {ours(foreign), wanted(flink.Running, flink.RestoreSnapshot), false, "", flink.Refused},
		"held state: in place":                                      {ours(nil), wanted(flink.Running, flink.RestoreHeld), false, inPlace, ""},
		"latest state: in place":                                    {ours(nil), wanted(flink.Running, flink.RestoreLatest), false, inPlace, ""},
		"suspend: in place":                                         {ours(nil), wanted(flink.Suspended, ""), false, inPlace, ""},
		"a snapshot without the nonce: replaced":                    {ours(nil), wanted(flink.Running, flink.RestoreSnapshot), false, replace, ""},
		"a snapshot with the nonce: in place":                       {ours(nil), wanted(flink.Running, flink.RestoreSnapshot), true, inPlace, ""},
		"a snapshot and a delete that is under way: awaited":        {ours(deleting), wanted(flink.Running, flink.RestoreSnapshot), false, awaitGone, ""},
		"held state and a delete that is under way: refused":        {ours(deleting), wanted(flink.Running, flink.RestoreHeld), false, "", flink.Refused},
		"a snapshot without a path is our own fault":                {ours(nil), nameless, false, "", flink.Internal},
	} {
		got, err := decide("test", c.seen, c.d, capabilities{nonce: c.nonce})
		if got != c.want || (err == nil) != (c.code == "") || err != nil && flink.CodeOf(err) != c.code {
			t.Errorf("%s: %q, %v", sentence, got, err)
		}
	}
}

func TestTheRedeployNonceIsKeptAndRaisedOnlyForASnapshot(t *testing.T) {
	for _, c := range []struct {
		d     flink.Desired
		nonce bool
		want  int64
	}{
		{wanted(flink.Running, flink.RestoreSnapshot), true, 4},
		{wanted(flink.Running, flink.RestoreHeld), true, 3},
		{wanted(flink.Suspended, ""), true, 3},
	} {
		if got := nextNonce(ours(nil), c.d, c.nonce); got != c.want {
			t.Errorf("%s %s: nonce %d, want %d", c.d.Run, c.d.Restore.Kind, got, c.want)
		}
	}
}

func TestAStatusThatChangedIsNoOtherDemand(t *testing.T) {
	status := ours(func(o *unstructured.Unstructured) {
		o.Object["status"] = map[string]any{"error": "x"}
		o.SetGeneration(9)
	})
	other := ours(func(o *unstructured.Unstructured) {
		o.SetAnnotations(map[string]string{releaseAnnotation: "rel-2", stepAnnotation: "apply"})
	})
	if !sameDemand(ours(nil), status) || sameDemand(ours(nil), other) {
		t.Error("a status alone counts as another demand, or another release does not")
	}
}
