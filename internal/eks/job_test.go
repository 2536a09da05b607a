package eks

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
	"github.com/sluice-flink/sluice/internal/flink/rest/resttest"
)

// recordedFlink serves a job as Flink answered it under the operator. The list
// of jobs was not recorded; it is put together from the job itself.
func recordedFlink(t *testing.T, name string) *rest.Client {
	t.Helper()
	var job struct {
		ID    string         `json:"jid"`
		Name  string         `json:"name"`
		State string         `json:"state"`
		Start int64          `json:"start-time"`
		Tasks map[string]int `json:"status-counts"`
	}
	body := resttest.OperatorSample(t, name+"-job")
	if err := json.Unmarshal(body, &job); err != nil || job.ID == "" {
		job.ID, job.Name, job.State, job.Start = strings.Repeat("a", 32), rest.ApplicationDriver, "FAILED", 1795228400000
	}
	overview, err := json.Marshal(map[string]any{"jobs": []any{map[string]any{
		"jid": job.ID, "name": job.Name, "state": job.State, "start-time": job.Start, "tasks": map[string]int{"total": 2, "running": job.Tasks["RUNNING"]},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for path, answer := range map[string][]byte{
		"/jobs/overview":                   overview,
		"/jobs/" + job.ID + "/exceptions":  resttest.OperatorSample(t, name+"-exceptions"),
		"/jobs/" + job.ID + "/checkpoints": resttest.OperatorSample(t, name+"-checkpoints"),
		"/jobs/" + job.ID + "/metrics":     []byte(`[]`),
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(answer) })
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return rest.New(server.URL, nil)
}

func TestWhatFlinkSaidOfEachFailureIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		state               string
		message             string
		restored, completed bool
	}{
		"3a-restore":          {"RESTARTING", "H7 fail-on-restore: state format not understood", true, false},
		"3b-loop":             {"RUNNING", "H7 induced failure", true, true},
		"3c-start":            {"FAILED", "", false, false},
		"5-laststate-to-loop": {"RUNNING", "H7 induced failure", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			facts := observeJob(t.Context(), recordedFlink(t, name))
			if !facts.Reachable || facts.ID == "" || facts.State == "" || facts.Started.IsZero() {
				t.Fatalf("read %+v", facts)
			}
			if facts.Restarts != -1 {
				t.Errorf("a metric that is not there yet became %d", facts.Restarts)
			}
			if len(facts.Failures) == 0 || facts.Failures[0].Cause != flink.UserCode || !strings.Contains(facts.Failures[0].Message, c.message) || facts.Failures[0].At.IsZero() {
				t.Errorf("failures %+v", facts.Failures)
			}
			if (facts.Checkpoints.RestoredFrom != "") != c.restored || (facts.Checkpoints.Completed > 0) != c.completed {
				t.Errorf("checkpoints %+v", facts.Checkpoints)
			}
		})
	}
}

func TestAnApplicationWithoutAJobIsReachable(t *testing.T) {
	facts := observeJob(t.Context(), rest.New(resttest.New(t, "1.20").URL, nil))
	if !facts.Reachable || facts.ID != "" || facts.Restarts != -1 {
		t.Errorf("read %+v", facts)
	}
}

func TestAJobManagerThatDoesNotAnswerIsAFactAndNoError(t *testing.T) {
	for name, fault := range map[string]resttest.Fault{
		"service gone": resttest.ServiceGone, "starting": resttest.Starting, "cut short": resttest.CutShort, "forbidden": resttest.Forbidden,
	} {
		jm := resttest.New(t, "1.20")
		jm.Start(strings.Repeat("a", 32), "fraud")
		jm.Break(fault)
		facts := observeJob(t.Context(), rest.New(jm.URL, nil))
		if facts.Reachable || facts.Unreachable == "" || facts.ID != "" {
			t.Errorf("%s: read %+v", name, facts)
		}
		if name == "forbidden" && !strings.Contains(facts.Unreachable, "services/proxy") {
			t.Errorf("a Role that is missing is not named: %s", facts.Unreachable)
		}
	}
}

func TestTheJobThatStartedLastIsTheOneThatCounts(t *testing.T) {
	first, last := time.Unix(1, 0), time.Unix(2, 0)
	if got := newest([]rest.JobOverview{{ID: "b", Start: last}, {ID: "a", Start: first}}); got.ID != "b" {
		t.Errorf("took %s", got.ID)
	}
}

func TestFailuresAreSortedByWhoseFaultTheyAre(t *testing.T) {
	const flinkRuntime = "org.apache.flink.runtime."
	for sentence, c := range map[string]struct {
		f    rest.Failure
		want flink.FailureCause
	}{
		"user code":            {rest.Failure{Name: "java.lang.IllegalStateException", Message: "poison", Chain: []string{"java.lang.IllegalStateException"}}, flink.UserCode},
		"no slots":             {rest.Failure{Name: flinkRuntime + "JobException", Chain: []string{flinkRuntime + "JobException", flinkRuntime + "jobmanager.scheduler.NoResourceAvailableException"}}, flink.LostNode},
		"heartbeat":            {rest.Failure{Name: "java.util.concurrent.TimeoutException", Message: "Heartbeat of TaskManager with id app-taskmanager-1-1 timed out."}, flink.LostNode},
		"unreachable":          {rest.Failure{Name: flinkRuntime + "jobmaster.JobMasterException", Message: "TaskManager with id app-taskmanager-1-1 is no longer reachable."}, flink.LostNode},
		"connection":           {rest.Failure{Name: flinkRuntime + "io.network.netty.exception.RemoteTransportException", Chain: []string{flinkRuntime + "io.network.netty.exception.RemoteTransportException"}}, flink.LostNode},
		"shut down":            {rest.Failure{Name: "org.apache.flink.util.FlinkException", Message: "The TaskExecutor is shutting down."}, flink.LostNode},
		"pod ended":            {rest.Failure{Name: "java.lang.Exception", Message: "Pod terminated, container termination statuses: [flink-main-container(exitCode=143, reason=Error, message=null)], pod status: Failed(reason=null, message=null)"}, flink.LostNode},
		"out of memory":        {rest.Failure{Name: "java.lang.Exception", Message: "Pod terminated, container termination statuses: [flink-main-container(exitCode=137, reason=OOMKilled, message=null)], pod status: Failed(reason=null, message=null)"}, flink.UserCode},
		"a user's time-out":    {rest.Failure{Name: "java.util.concurrent.TimeoutException", Message: "asking the fraud service"}, flink.UserCode},
		"a user's quotation":   {rest.Failure{Name: "com.example.Bad", Message: "Heartbeat of TaskManager timed out"}, flink.UserCode},
		"its output is gone":   {rest.Failure{Name: flinkRuntime + "io.network.partition.PartitionNotFoundException", Message: "Partition 1#0 not found.", Chain: []string{flinkRuntime + "io.network.partition.PartitionNotFoundException"}}, flink.LostNode},
		"a call times out":     {rest.Failure{Name: "java.util.concurrent.TimeoutException", Message: "Invocation of [RemoteRpcInvocation(TaskExecutorGateway.submitTask(TaskDeploymentDescriptor, JobMasterId, Time))] at recipient [pekko.tcp://x] timed out."}, flink.LostNode},
		"a user's call":        {rest.Failure{Name: "java.util.concurrent.TimeoutException", Message: "model server timed out", Chain: []string{"java.util.concurrent.TimeoutException"}}, flink.UserCode},
		"no memory to connect": {rest.Failure{Name: flinkRuntime + "io.network.netty.exception.LocalTransportException", Chain: []string{flinkRuntime + "io.network.netty.exception.LocalTransportException", "java.lang.OutOfMemoryError"}}, flink.UserCode},
		"a user's no-resource": {rest.Failure{Name: "com.example.NoResourceAvailableException", Chain: []string{"com.example.NoResourceAvailableException"}}, flink.UserCode},
	} {
		if got := causeOf(c.f); got != c.want {
			t.Errorf("%s: %s, want %s", sentence, got, c.want)
		}
	}
}
