package eks

import (
	"fmt"

	"github.com/sluice-flink/sluice/internal/flink"
)

// startStandalone is a command for the image's entry point, as the operator
// gives it one for a native cluster. The role standalone-job of that entry point
// would try to write to the mounted configuration first.
const startStandalone = `exec "${FLINK_HOME:-/opt/flink}/bin/standalone-job.sh" start-foreground "$@"`

// rehearsalSettings are laid over the running job's configuration. Settings that
// Flink has renamed stand under both names: which one counts depends on its
// version. Names: Flink's documentation, "Configuration", 1.19 to 2.x.
var rehearsalSettings = []string{
	// It stands alone: no record of its own in Kubernetes, none of the running job's.
	"high-availability.type=NONE", "high-availability=NONE",
	"jobmanager.rpc.address=localhost", "rest.address=localhost", "rest.bind-address=0.0.0.0",
	"rest.port=" + restPort, "rest.bind-port=" + restPort,
	"web.submit.enable=false", "web.cancel.enable=false",
	// The adaptive scheduler restores nothing before it has slots.
	"jobmanager.scheduler=default",
	// What it has shown stays to be seen, and nothing is tried again.
	"execution.shutdown-on-application-finish=false", "execution.submit-failed-job-on-application-error=false",
	"restart-strategy.type=none", "restart-strategy=none",
	// Whatever it writes goes with the pod.
	"execution.checkpointing.dir=file://" + scratchDir, "state.checkpoints.dir=file://" + scratchDir,
	"execution.checkpointing.savepoint-dir=file://" + scratchDir, "state.savepoints.dir=file://" + scratchDir,
	"jobmanager.archive.fs.dir=file://" + scratchDir,
	// Its metrics would be taken for the running job's: of all reporters only those named here start.
	"metrics.reporters=none",
	"execution.state-recovery.claim-mode=NO_CLAIM", "execution.savepoint-restore-mode=NO_CLAIM",
}

// rehearsalArgs starts the job from the snapshot: the same jar, class and arguments.
func rehearsalArgs(r flink.Rehearsal, spec map[string]any) []any {
	job := mapping(spec, "job")
	args := []any{"bash", "-c", startStandalone, "standalone-job"}
	for _, s := range rehearsalSettings {
		args = append(args, "-D"+s)
	}
	args = append(args, "--job-id", rehearsalJobID(r), "--fromSavepoint", r.Snapshot)
	if job["allowNonRestoredState"] == true {
		args = append(args, "--allowNonRestoredState")
	}
	if class := text(job, "entryClass"); class != "" {
		args = append(args, "--job-classname", class)
	}
	if jar := delivered(spec); jar != "" {
		args = append(args, standaloneJars, jar)
	}
	return append(append(args, "--"), jobArgs(job)...)
}

// jobArgs are the job's own, without those that only deliver its jar.
func jobArgs(job map[string]any) []any {
	args, _ := job["args"].([]any)
	if len(args) > 2 && args[0] == standaloneJars {
		args = args[3:] // see deliver
	}
	own := make([]any, 0, len(args))
	for _, a := range args {
		own = append(own, fmt.Sprint(a))
	}
	return own
}
