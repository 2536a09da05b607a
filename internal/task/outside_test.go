package task

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink"
)

// asTheyAre are texts of an observation that are left alone, and why.
var asTheyAre = map[string]string{
	"Traits.Delivery":       "one of our own words",
	"Spec.Run":              "one of our own words",
	"Job.Failures[0].Cause": "one of our own words",
	"Status.Savepoint.Kind": "one of our own words",
	"Spec.JarURI":           "an address, which is used",
	"Status.Savepoint.Path": "an address, which is used", "Record.Path": "an address, which is used",
	"Job.Checkpoints.Latest": "an address, which is used", "Job.Checkpoints.RestoredFrom": "an address, which is used",
	"Status.Savepoint.Revision": "an adapter does not know it", "Status.Savepoint.ID": "an adapter does not know it",
	"Status.Savepoint.JobID": "an adapter does not know it", "Status.Savepoint.Checksums": "an adapter does not know it",
}

// Every text that a target may put into an observation is made fit to be told,
// those of fields that are added later included.
func TestEveryTextOfAnObservationIsFitToBeTold(t *testing.T) {
	const planted = "hunter2-Tr0ub4dor"
	var o flink.Observation
	o.Job.Failures = make([]flink.Failure, 1)
	texts(reflect.ValueOf(&o).Elem(), "", func(_ string, v reflect.Value) { v.SetString("password=" + planted + strings.Repeat("x", 1<<20)) })
	o = told(o)
	seen := 0
	texts(reflect.ValueOf(&o).Elem(), "", func(path string, v reflect.Value) {
		seen++
		why, left := asTheyAre[path]
		switch {
		case left && why == "an address, which is used" && len(v.String()) > flink.MaxAddress:
			t.Errorf("%s has %d bytes", path, len(v.String()))
		case !left && (strings.Contains(v.String(), planted) || len(v.String()) > flink.MaxLine):
			t.Errorf("%s is as it came, %d bytes: make it fit in told, or say here why it stays", path, len(v.String()))
		}
	})
	if seen < 20 {
		t.Errorf("%d texts were looked at", seen)
	}
}

// texts visits every string below v but the manifest of a resource to be taken
// over, and signals, which no target reads.
func texts(v reflect.Value, path string, visit func(string, reflect.Value)) {
	switch v.Kind() {
	case reflect.String:
		visit(path, v)
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), path+"[0]", visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Signals" {
				texts(v.Field(i), strings.TrimPrefix(path+"."+f.Name, "."), visit)
			}
		}
	}
}

func TestARefusalIsToldWithoutTheManifestsOwnSecrets(t *testing.T) {
	err := without([]string{"plain-word"}, &flink.Error{Code: flink.Refused, Op: "apply", Err: errors.New("the value plain-word is not allowed")})
	if got := err.Error(); got != "apply: the value *** is not allowed" || flink.CodeOf(err) != flink.Refused {
		t.Errorf("%s: %s", flink.CodeOf(err), got)
	}
	other := &flink.Error{Code: flink.Refused, Op: "apply", Err: errors.New("no")}
	if got := without([]string{"plain-word"}, other); !errors.Is(got, other) {
		t.Errorf("an error that says nothing of it became %v", got)
	}
}
