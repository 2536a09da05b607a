package rest_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

func TestAJobThatGaveUpSaysWhatItGaveUpOver(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, id := sampled(t, version, "jobs-id-exceptions-fail-on-restore")
		failures, err := client.Exceptions(t.Context(), id)
		if err != nil || len(failures) != 2 {
			t.Fatalf("got %d failures, %v; want 2", len(failures), err)
		}
		top := failures[0]
		const cause = "sample: fail-on-restore: state format not understood"
		if top.Name != "org.apache.flink.runtime.JobException" || !strings.HasPrefix(top.Message, "Recovery is suppressed by") || top.Cause != cause {
			t.Errorf("the newest is read as %s, %q because of %q", top.Name, top.Message, top.Cause)
		}
		if want := []string{"org.apache.flink.runtime.JobException", "java.lang.IllegalStateException"}; !reflect.DeepEqual(top.Chain, want) {
			t.Errorf("its chain is %v, want %v", top.Chain, want)
		}
		if len(top.Concurrent) != 1 || top.Concurrent[0].Task != "count v2 -> Sink: print (1/1) - execution #1" || top.Concurrent[0].TaskManager == "" {
			t.Errorf("what failed with it is read as %+v", top.Concurrent)
		}
		first := failures[1]
		if first.Message != cause || first.Cause != cause || first.Time.IsZero() || !first.Time.Before(top.Time) {
			t.Errorf("the first failure is read as %q at %v", first.Message, first.Time)
		}
	})
}

func TestARestartLoopListsEachFailure(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client := answering(t, 200, string(resttest.Sample(t, version, "jobs-id-exceptions-restartloop").Response))
		failures, err := client.Exceptions(t.Context(), anyJob)
		if err != nil || len(failures) != 2 {
			t.Fatalf("got %d failures, %v; want 2", len(failures), err)
		}
		for i, task := range []string{"count v2 -> Sink: print (1/1) - execution #1", "count v2 -> Sink: print (1/1) - execution #0"} {
			f := failures[i]
			if f.Name != "java.lang.RuntimeException" || f.Message != "sample: induced failure after 2000 ms" || f.Task != task {
				t.Errorf("failure %d is read as %s %q of %q", i, f.Name, f.Message, f.Task)
			}
		}
	})
}

func TestAHealthyJobHasNoFailures(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		client, id := sampled(t, version, "jobs-id-exceptions-none")
		if failures, err := client.Exceptions(t.Context(), id); err != nil || len(failures) != 0 {
			t.Errorf("got %v, %v; want none", failures, err)
		}
	})
}

func TestAMainThatThrewIsReadFromTheApplicationDriver(t *testing.T) {
	failures, err := answering(t, 200, string(resttest.OperatorSample(t, "3c-start-exceptions"))).Exceptions(t.Context(), anyJob)
	if err != nil || len(failures) != 1 {
		t.Fatalf("got %d failures, %v; want 1", len(failures), err)
	}
	f := failures[0]
	if f.Name != "org.apache.flink.client.program.ProgramInvocationException" || f.Cause != "H7 fail-start: required parameter missing" || f.Task != "" {
		t.Errorf("read as %s because of %q in %q", f.Name, f.Cause, f.Task)
	}
}

func TestTheRootExceptionStandsInForALostHistory(t *testing.T) {
	body := `{"root-exception":"a.b.JobInitializationException: Could not start the JobMaster.\n\tat a.B.c(B.java:1)\nCaused by: java.io.IOException: no disk\n",
		"timestamp":1795226729841,"exceptionHistory":{"entries":[]}}`
	failures, err := answering(t, 200, body).Exceptions(t.Context(), anyJob)
	if err != nil || len(failures) != 1 || failures[0].Cause != "no disk" || failures[0].Name != "a.b.JobInitializationException" {
		t.Errorf("got %+v, %v", failures, err)
	}
}

func TestAHugeFailureIsBounded(t *testing.T) {
	trace := "a.Bc: " + strings.Repeat("é", 1<<20) + `\n\tat x\n`
	body := `{"exceptionHistory":{"entries":[{"exceptionName":"a.B","stacktrace":"` + trace + `"}]}}`
	failures, err := answering(t, 200, body).Exceptions(t.Context(), anyJob)
	if err != nil || len(failures) != 1 {
		t.Fatalf("got %d failures, %v", len(failures), err)
	}
	if f := failures[0]; len(f.Message) > 1000 || len(f.Stacktrace) > 4096 || !strings.HasSuffix(f.Stacktrace, "é…") {
		t.Errorf("message %d bytes, stack trace %d bytes ending in %q", len(f.Message), len(f.Stacktrace), f.Stacktrace[len(f.Stacktrace)-8:])
	}
}

func TestExceptionsOfAnotherShapeAreMalformed(t *testing.T) {
	_, err := answering(t, 200, `{}`).Exceptions(t.Context(), anyJob)
	wantError(t, err, rest.Malformed, "neither exceptionHistory nor root-exception")
}
