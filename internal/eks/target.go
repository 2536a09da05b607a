package eks

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/flink/rest"
)

// Operator is whose Flink Kubernetes Operator runs in the cluster. It cannot be
// seen from the custom resource definition alone.
type Operator string

// The operators.
const (
	Apache Operator = "apache" // the Apache Flink Kubernetes Operator, 1.7 or later
	EMR    Operator = "emr"    // Amazon EMR on EKS: fetches jars from s3:// itself
)

// Target implements flink.Target. It is safe for concurrent use.
type Target struct {
	kube     dynamic.Interface
	hc       *http.Client // carries the credentials of the API server
	base     string       // URL of the API server
	operator Operator
	now      func() time.Time
	poll     time.Duration // between two looks at something that is to go away or to end
	patience time.Duration // how long is waited for that

	traits struct {
		sync.Mutex
		capabilities
		read time.Time
	}
}

var _ flink.Target = (*Target)(nil)

// FieldManager is the name under which fields are owned.
const FieldManager = "sluice"

// deleteManager owns what is written just before a delete.
const deleteManager = "sluice-delete"

// Annotations on the FlinkDeployment.
const (
	releaseAnnotation  = "sluice/release"
	stepAnnotation     = "sluice/step"
	revisionAnnotation = "sluice/revision"
	fenceAnnotation    = "sluice/fence"
	// deleteFenceAnnotation has an owner of its own, deleteManager: were it the
	// field manager's, the next server-side apply would take it off again.
	deleteFenceAnnotation = "sluice/delete-fence"
)

// managedByLabel is Kubernetes' recommended label for the tool in charge.
const managedByLabel = "app.kubernetes.io/managed-by"

var (
	deployments = schema.GroupVersionResource{Group: "flink.apache.org", Version: "v1beta1", Resource: "flinkdeployments"}
	configMaps  = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	pods        = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
)

// flink is the REST client of an application's JobManager, through the API
// server: the operator names the service after the application.
func (t *Target) flink(app flink.Application) *rest.Client {
	return rest.New(strings.TrimRight(t.base, "/")+"/api/v1/namespaces/"+app.Namespace+"/services/"+app.Name+"-rest:8081/proxy", t.hc)
}
