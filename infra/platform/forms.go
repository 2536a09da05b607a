package platform

// Forms of what names a cluster and a role: patterns for CloudFormation's
// parameters as well as for the file.
const (
	ClusterNameForm = `^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$`
	EndpointForm    = `^https://[^/\s]+$`
	AuthorityForm   = `^[A-Za-z0-9+/]+=*$` // base64
	RoleForm        = `^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`
)
