package eks

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// LookAtRehearsal implements flink.Rehearser. Flink is asked through the API
// server's proxy of pods, since a rehearsal has no Service.
func (t *Target) LookAtRehearsal(ctx context.Context, r flink.Rehearsal) (flink.RehearsalFacts, error) {
	op := "look at the rehearsal of a restore of " + r.Application.String()
	facts := flink.RehearsalFacts{Job: flink.JobFacts{Unreachable: "there is no pod of the rehearsal yet", Restarts: -1}}
	job, err := t.rehearsal(ctx, r)
	if err != nil || job == nil {
		return facts, rehearsalError(op, err)
	}
	facts.Exists, facts.Since, facts.Ended = true, job.GetCreationTimestamp().UTC(), jobEnd(job.Object)
	list, err := t.kube.Resource(pods).Namespace(r.Application.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "job-name=" + job.GetName()})
	if err != nil {
		return flink.RehearsalFacts{}, kubeError(op, err)
	}
	if len(list.Items) == 0 {
		return facts, nil
	}
	pod := list.Items[0] // with backoffLimit 0 there is one
	facts.Trouble = podTrouble(list.Items, t.now())
	if end := podEnd(pod.Object); end != "" {
		facts.Ended = firstLine(end + ": " + t.lastWords(ctx, r.Application.Namespace, pod.GetName()))
		return facts, nil
	}
	base := strings.TrimRight(t.base, "/") + "/api/v1/namespaces/" + r.Application.Namespace + "/pods/" + pod.GetName() + ":" + restPort + "/proxy"
	facts.Job = observeJob(ctx, rest.New(base, t.hc))
	return facts, nil
}

// jobEnd is how Kubernetes says that a Job ended; empty while it has not.
func jobEnd(job map[string]any) string {
	for _, c := range listOf(mapping(job, "status"), "conditions") {
		if kind := text(c, "type"); text(c, "status") == "True" && (kind == "Failed" || kind == "Complete") {
			return firstLine(fmt.Sprintf("its Job is %s: %s %s", kind, text(c, "reason"), text(c, "message")))
		}
	}
	return ""
}

// podEnd is how the JobManager ended; empty while it has not.
func podEnd(pod map[string]any) string {
	for _, c := range listOf(mapping(pod, "status"), "containerStatuses") {
		if ended := mapping(mapping(c, "state"), "terminated"); ended != nil {
			return fmt.Sprintf("its JobManager ended with exit code %d (%s)", number(ended["exitCode"]), text(ended, "reason"))
		}
	}
	return ""
}

// A job that cannot be restored takes its JobManager with it: Flink keeps one
// that failed to begin only where it is highly available. So the cause stands in
// the log, and the stack traces after it are long.
const (
	logTail  = 1000    // lines
	logBytes = 1 << 20 // of them
)

// lastWords is what an ended JobManager says of the cause.
func (t *Target) lastWords(ctx context.Context, namespace, pod string) string {
	log, err := t.log(ctx, namespace, pod)
	if err != nil {
		return "its log cannot be read: " + err.Error()
	}
	if cause := innermostCause(log); cause != "" {
		return cause
	}
	return "its log names no cause"
}

func (t *Target) log(ctx context.Context, namespace, pod string) (string, error) {
	address := fmt.Sprintf("%s/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d&limitBytes=%d", strings.TrimRight(t.base, "/"), namespace, pod, mainContainer, logTail, logBytes)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	answer, err := t.hc.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, logBytes))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the API server says %s", answer.Status)
	}
	return string(body), err
}

// innermostCause finds the last cause that Java printed.
func innermostCause(log string) string {
	words := ""
	for line := range strings.SplitSeq(log, "\n") {
		if cause, found := strings.CutPrefix(strings.TrimSpace(line), "Caused by: "); found {
			words = cause
		}
	}
	return words
}
