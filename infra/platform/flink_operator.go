package platform

// FlinkOperator is who turns a FlinkDeployment into pods.
type FlinkOperator struct {
	Kind OperatorKind `yaml:"kind"`
}

// OperatorKind is whose operator it is.
type OperatorKind string

// EMR's knows fields of its own and fetches jars from S3; Apache's is the
// open-source one.
const (
	EMR    OperatorKind = "EMR"
	Apache OperatorKind = "Apache"
)

func (o FlinkOperator) check(found *faults) {
	if o.Kind != EMR && o.Kind != Apache {
		found.add("flinkOperator.kind", "%q: say %s or %s", o.Kind, EMR, Apache)
	}
}
