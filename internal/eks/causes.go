package eks

import (
	"slices"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// lostClasses are exceptions that Flink throws when a TaskManager, its node or
// a slot went away (Flink 1.20 and 2.2).
var lostClasses = []string{
	"NoResourceAvailableException",
	"RemoteTransportException",
	"LocalTransportException",
	"PartitionNotFoundException", // a task asks a lost one for its output
	"PartitionConnectionException",
	"ProducerFailedException",
	"RecipientUnreachableException", // the JobManager asks a lost TaskManager
}

// lostMessages are the words of those that carry a class which users throw as
// well; each stands at the beginning of a message or follows an id.
var lostMessages = []string{
	"heartbeat of taskmanager",
	"is no longer reachable",
	"the taskexecutor is shutting down",
	"taskexecutor is being shut down",
	"disconnect from jobmanager responsible for",
	"the assigned slot",
	"could not acquire the minimum required resources",
	"connection unexpectedly closed by remote task manager",
	"lost connection to task manager",
	"sending the partition request to",
	"invocation of [remoterpcinvocation(taskexecutorgateway.",
}

// lostNames are classes that with one of lostMessages say that a node was lost.
// A user's own exception that quotes such words stays the user's.
var lostNames = []string{"org.apache.flink.", "java.util.concurrent.TimeoutException"}

// causeOf sorts a failure by whose fault it is.
func causeOf(f rest.Failure) flink.FailureCause {
	if slices.Contains(f.Chain, "java.lang.OutOfMemoryError") {
		return flink.UserCode // whichever connection it broke
	}
	for _, class := range f.Chain {
		name := simpleName(class)
		if !strings.HasPrefix(class, "org.apache.flink.") {
			continue
		}
		for _, lost := range lostClasses {
			if name == lost {
				return flink.LostNode
			}
		}
		if strings.Contains(name, "Rescal") {
			return flink.Rescale
		}
	}
	if f.Name == "java.lang.Exception" && strings.HasPrefix(f.Message, podEnded) {
		return causeOfPodEnd(f.Message)
	}
	if !hasAnyPrefix(f.Name, lostNames) {
		return flink.UserCode
	}
	words := strings.ToLower(f.Message + "\n" + f.Cause)
	for _, lost := range lostMessages {
		if strings.Contains(words, lost) {
			return flink.LostNode
		}
	}
	if strings.Contains(words, "rescal") {
		return flink.Rescale
	}
	return flink.UserCode
}

// podEnded begins what Flink's Kubernetes driver says of a TaskManager's pod
// that ended (KubernetesResourceManagerDriver).
const podEnded = "Pod terminated, container termination statuses:"

// causeOfPodEnd: a node that goes away ends pods with a signal. A pod that took
// more memory than it has, or a JVM that gave up (239), is the version's doing.
func causeOfPodEnd(message string) flink.FailureCause {
	if strings.Contains(message, "OOMKilled") || strings.Contains(message, "exitCode=239") {
		return flink.UserCode
	}
	return flink.LostNode
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
