package eks

import (
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Where and how a jar is named; found out on operator 1.7.0 with Flink 1.20.
const (
	placeholderDir  = "local:///opt/flink/usrlib/" // nothing has to be there
	entrypointArgs  = "kubernetes.jobmanager.entrypoint.args"
	pipelineJars    = "-Dpipeline.jars="
	standaloneJars  = "--jars"
	endOfJars       = "-Dsluice.jar=" // --jars takes every word up to the next option; Flink ignores this one
	defaultMode     = "native"
	standaloneMode  = "standalone"
	pythonDriver    = "org.apache.flink.client.python.PythonDriver"
	storageScheme   = "s3://"
	shortHashDigits = 12
)

// DeliveryOf says how a jar reaches Flink: by the operator, and with the Apache
// one by the mode (native, standalone; empty is native) of the manifest.
func DeliveryOf(o Operator, mode string) flink.Delivery {
	switch {
	case o == EMR:
		return flink.JarURI
	case mode == standaloneMode:
		return flink.StandaloneJars
	}
	return flink.PipelineJars
}

// deliver names the jar in the manifest. The operator and the manifest's own
// mode decide how; the plan was made before the manifest's mode was in effect.
// A revision without a jar of its own runs what its manifest names: a jar in
// the image, or whatever an adopted application was started with.
func (r *rendering) deliver() error {
	if r.desired.Revision.Jar.Bucket == "" {
		return nil
	}
	mode, _ := r.spec["mode"].(string)
	delivery := DeliveryOf(r.situation.Operator, mode)
	if planned := r.desired.Delivery; planned != "" && planned != delivery {
		r.note("the jar is delivered by %s, as the manifest's mode asks for, and not by %s", delivery, planned)
	}
	jar := r.desired.Revision.Jar
	if jar.EntryClass != "" {
		r.job["entryClass"] = jar.EntryClass
	}
	if delivery == flink.JarURI {
		r.job["jarURI"] = jar.URI()
		return nil
	}
	if err := r.deliverable(delivery); err != nil {
		return err
	}
	if delivery == flink.PipelineJars {
		r.job["jarURI"] = placeholderDir + shortHash(jar) + ".jar"
		r.conf[entrypointArgs] = joined(r.conf[entrypointArgs], pipelineJars+jar.URI())
		return nil
	}
	delete(r.job, "jarURI") // the operator would hand it to the JobManager, which cannot load it
	args, _ := r.job["args"].([]any)
	r.job["args"] = append([]any{standaloneJars, jar.URI(), endOfJars + shortHash(jar)}, args...)
	return nil
}

// deliverable refuses what Flink could not start although the operator takes it.
func (r *rendering) deliverable(delivery flink.Delivery) error {
	const op = "render the FlinkDeployment"
	class, _ := r.job["entryClass"].(string)
	switch {
	case class == "":
		return flink.Errorf(flink.Invalid, op, "the entry class is not known, and delivery by %s needs it: set spec.job.entryClass or Main-Class in the jar's manifest", delivery)
	case class == pythonDriver:
		return flink.Errorf(flink.Invalid, op, "a Python job cannot be delivered by %s: the Apache operator does not fetch scripts from S3; put it into the image, or use EMR's operator", delivery)
	case !strings.HasPrefix(r.desired.Revision.Jar.URI(), storageScheme):
		return flink.Errorf(flink.Invalid, op, "the jar's address %s is not in S3", r.desired.Revision.Jar.URI())
	}
	return nil
}

func shortHash(jar flink.PinnedJar) string {
	return jar.SHA256[:min(len(jar.SHA256), shortHashDigits)]
}

func joined(before any, more string) string {
	if s, _ := before.(string); strings.TrimSpace(s) != "" {
		return strings.TrimSpace(s) + " " + more
	}
	return more
}

// delivered reads back which jar is in effect, however it is delivered.
func delivered(spec map[string]any) string {
	conf, job := mapping(spec, "flinkConfiguration"), mapping(spec, "job")
	words := strings.Fields(text(conf, entrypointArgs))
	for i := len(words) - 1; i >= 0; i-- { // of an option given twice the last counts
		if jars, ok := strings.CutPrefix(words[i], pipelineJars); ok {
			return jars
		}
	}
	if args, _ := job["args"].([]any); len(args) > 1 && args[0] == standaloneJars {
		jar, _ := args[1].(string)
		return jar
	}
	return text(job, "jarURI")
}

func mapping(parent map[string]any, key string) map[string]any {
	m, _ := parent[key].(map[string]any)
	return m
}

func text(parent map[string]any, key string) string {
	s, _ := parent[key].(string)
	return s
}
