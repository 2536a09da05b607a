package eks

// translateEMR makes a manifest for EMR's operator one that the Apache operator
// takes. What EMR alone knows is translated where there is a counterpart, and
// otherwise left out with a note: a manifest never has to be edited to run
// elsewhere. Fields: "FlinkDeployment" in the EMR on EKS developer guide.
func (r *rendering) translateEMR() {
	r.translateStorage()
	for _, f := range []struct{ field, instead string }{
		{"emrReleaseLabel", "the image is spec.image"},
		{"executionRoleArn", "pods get AWS credentials from spec.serviceAccount"},
		{"monitoringConfiguration", "logs stay with the pods"},
	} {
		if r.spec[f.field] != nil {
			delete(r.spec, f.field)
			r.note("spec.%s is left out, the Apache operator does not have it: %s", f.field, f.instead)
		}
	}
	if r.spec["image"] == nil {
		r.note("spec.image is missing: EMR's operator takes the image of the release label, the Apache operator has none of its own")
	}
	const glue = "aws.glue.enabled"
	if r.conf[glue] != nil {
		delete(r.conf, glue)
		r.note("flinkConfiguration.%s is left out, the Apache operator does not have it: put the Glue catalog's jars into the image", glue)
	}
}

// translateStorage: EMR's two fields of jobManager stand for two settings of Flink.
func (r *rendering) translateStorage() {
	jobManager := mapping(r.spec, "jobManager")
	if dir := text(jobManager, "storageDir"); dir != "" {
		r.setUnlessSet("high-availability.storageDir", dir, "spec.jobManager.storageDir")
	}
	if jobManager["highAvailabilityEnabled"] == true && r.conf["high-availability"] == nil {
		r.setUnlessSet("high-availability.type", "kubernetes", "spec.jobManager.highAvailabilityEnabled")
	}
	delete(jobManager, "storageDir")
	delete(jobManager, "highAvailabilityEnabled")
}

func (r *rendering) setUnlessSet(key, value, from string) {
	if r.conf[key] != nil {
		r.note("%s is left out: flinkConfiguration.%s is set already", from, key)
		return
	}
	r.conf[key] = value
	r.note("%s became flinkConfiguration.%s: %s", from, key, value)
}
