package resttest

import (
	"net/http"

	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// ThrowInMain leaves what an application leaves whose main() throws before it
// has submitted a job: a failed one that stands for the driver.
func (jm *JobManager) ThrowInMain(id, message string) {
	jm.Start(id, rest.ApplicationDriver)
	jm.Throw(id, "org.apache.flink.client.program.ProgramInvocationException", "The main method caused an error: "+message)
	jm.SetState(id, "FAILED")
}

func (j *job) isDriver() bool { return j.name == rest.ApplicationDriver }

// refuseDriver is how Flink 1.20 answers for the details of a driver's job.
func refuseDriver() (int, any) {
	return http.StatusInternalServerError, object{"errors": []string{
		"Internal server error.",
		"<Exception on server side:\njava.lang.NullPointerException\n" +
			"\tat org.apache.flink.util.Preconditions.checkNotNull(Preconditions.java:59)\n\nEnd of exception on server side>",
	}}
}
