package standin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"
)

// Account and Region are where everything stands.
const (
	Account = "111122223333"
	Region  = "eu-west-1"
)

// AWS is an account. Its fields are the test's to set before it is asked.
type AWS struct {
	mu sync.Mutex

	Stacks     []*Stack
	Clusters   map[string]*Cluster
	Identities map[string]string // service account by namespace/account; the value is not looked at
	Switches   map[string]string // states of rules, schedules and machines, by what CloudFormation calls them
	Queues     map[string]int    // messages, by URL
	Buckets    map[string]Bucket
	LogGroups  map[string]int64 // stored bytes, by name
	Tagged     []Tagged
	EC2        EC2

	// Calls are the actions that changed something, in order.
	Calls []string
	// Refused are the actions that were not known.
	Refused []string
	// Deny lists actions that are answered with AccessDenied.
	Deny map[string]bool
	// DiesAt makes the n-th changing action, and all that follow, fail as a network
	// does, from 1; the change itself has happened if Late is set. 0: never.
	DiesAt int
	Late   bool
	// Asks is called at each action, before it is answered, without a lock.
	Asks func(action string)

	url string
}

// Bucket is a bucket as far as it is looked at.
type Bucket struct{ Versioned, Closed bool }

// Cluster is an EKS cluster.
type Cluster struct {
	Endpoint, CertificateAuthority string
	Public                         bool
	Protected                      bool // from deletion
}

// Tagged is a resource that the tagging API finds.
type Tagged struct {
	ARN  string
	Tags map[string]string
}

// Start serves the account until the test ends, and points the SDK's own
// configuration at it.
func (a *AWS) Start(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.url = server.URL
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "AKSTANDIN", "AWS_SECRET_ACCESS_KEY": "of-the-stand-in", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_REGION": Region, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	return server.URL
}

// scope is the service that a request is signed for.
var scope = regexp.MustCompile(`Credential=[^/]+/[0-9]{8}/[^/]+/([^/]+)/aws4_request`)

// ServeHTTP routes by the service that a request is signed for.
func (a *AWS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	signed := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if signed == nil {
		http.Error(w, "the request is not signed", http.StatusForbidden)
		return
	}
	switch signed[1] {
	case "cloudformation", "ec2", "sts":
		a.query(w, r)
	case "eks", "scheduler":
		a.rest(w, r, signed[1])
	case "s3":
		a.s3(w, r)
	default:
		a.json(w, r)
	}
}

// fault is an error as AWS names it.
type fault struct {
	status  int
	code    string
	message string
}

func (f *fault) Error() string { return f.code + ": " + f.message }

func bad(code, format string, args ...any) *fault {
	return &fault{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// begins counts an action, and says whether it is answered.
func (a *AWS) begins(action string, known bool) *fault {
	if a.Asks != nil {
		a.Asks(action)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !known {
		a.Refused = append(a.Refused, action)
		return bad("UnknownOperationException", "the stand-in does not know the action %s", action)
	}
	if a.Deny[action] {
		return &fault{http.StatusForbidden, "AccessDeniedException", "User: arn:aws:iam::" + Account + ":user/anna is not authorized to perform: " + action}
	}
	return nil
}

// died is the code of what ends a connection without an answer.
const died = "died"

// changes does a change, unless the account dies at it.
func (a *AWS) changes(action string, do func()) *fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.DiesAt > 0 && len(a.Calls)+1 >= a.DiesAt {
		if a.Late && len(a.Calls)+1 == a.DiesAt {
			do()
		}
		a.Calls = append(a.Calls, died+" "+action)
		return &fault{code: died}
	}
	a.Calls = append(a.Calls, action)
	do()
	return nil
}

// hangUp ends the connection, as a network that fails does.
func hangUp(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}
