package rest_test

import (
	"testing"

	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

func TestTheLineThatSaysWhyIsFoundInAStackTrace(t *testing.T) {
	for sample, why := range map[string]string{
		"jars-run-nonrestored-refused": "Failed to rollback to checkpoint/savepoint file:/data/",
		"jars-run-savepoint-missing":   "Cannot find checkpoint or savepoint file/directory 'file:///data/",
		"jars-run-fail-start":          "sample: fail-start: required parameter missing",
	} {
		t.Run(sample, func(t *testing.T) {
			forVersions(t, func(t *testing.T, version string) {
				e := resttest.Sample(t, version, sample)
				_, err := answering(t, e.Status, string(e.Response)).TriggerSavepoint(t.Context(), anyJob, "file:///sp", anyJob)
				wantError(t, err, rest.Rejected, ": "+why)
			})
		})
	}
}

func TestAnAddressThatLacksFlinksPathsIsNotAMissingJob(t *testing.T) {
	forVersions(t, func(t *testing.T, version string) {
		e := resttest.Sample(t, version, "cluster-get")
		_, err := answering(t, e.Status, string(e.Response)).Job(t.Context(), anyJob)
		wantError(t, err, rest.Malformed, "Unable to load requested file /cluster.")
	})
}

func TestOddStackTracesStillGiveALine(t *testing.T) {
	for name, c := range map[string]struct{ trace, want string }{
		"no class":                  {`it broke`, "it broke"},
		"a class without a message": {`java.lang.NullPointerException\n\tat x`, "NullPointerException"},
		"a class as the message":    {`java.lang.ClassNotFoundException: org.acme.Job\n\tat x`, "org.acme.Job"},
		"a colon in the message":    {`java.lang.Exception: s3: no such bucket: x`, "s3: no such bucket: x"},
		"only wrappers":             {`a.B: Could not execute application.\nCaused by: a.C: Failed to execute job 'x'.`, "Failed to execute job 'x'."},
		"a nested class":            {`a.b.Outer$Inner: x`, "x"},
		"an empty trace":            {``, "no reason was given"},
		"blank lines":               {`\n\n \t`, "no reason was given"},
		"a class nobody named":      {`.: x`, ".: x"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answering(t, 400, `{"errors":["`+c.trace+`"]}`).Overview(t.Context())
			wantError(t, err, rest.Rejected, "could not list the jobs: "+c.want+" (HTTP 400)")
		})
	}
}
