package events

// PlanPrefix is where in the artifact bucket files lie that somebody wants a
// plan for and no release. Events of objects below it are nobody's, and the
// objects expire.
const PlanPrefix = "_plan/"

// PlanFiles is the prefix below which the files of one request lie, as
// ChangeRequestedDetail.Prefix names it.
func PlanFiles(namespace, application, request string) string {
	return PlanPrefix + namespace + "/" + application + "/" + request + "/"
}
