package charts

// What the examples run. It goes with the operators of the table: EMR's images of
// Flink are of the operator's own release.
const (
	// EMRFlink is the release label of EMR's Flink, dated: what "latest" names changes
	// (https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/emr-eks-7.13.0-flink-latest.html).
	EMRFlink = "emr-7.13.0-flink-20260410"
	// FlinkMinor is the version of both
	// (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/Flink-release-history.html).
	FlinkMinor = "1.20"
)

// Flink is Apache's own image (https://hub.docker.com/_/flink). No chart names it:
// jobs do.
var Flink = Image{Host: "docker.io", Name: "library/flink", Tag: "1.20.5-java17"}
