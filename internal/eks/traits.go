package eks

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

const (
	// schemaPath is the OpenAPI description of the operator's resources, which
	// every authenticated user may read, the definition itself not.
	schemaPath = "/openapi/v3/apis/flink.apache.org/v1beta1"
	// traitsLife is how long it is relied upon: operators are upgraded rarely.
	traitsLife = 5 * time.Minute
	maxSchema  = 16 << 20 // bytes; pod templates make it some 100 KiB
)

// traitsFor says what the runtime can do for an application, nil when there is
// none. When the schema cannot be read, the way that needs nothing of it is assumed.
func (t *Target) traitsFor(ctx context.Context, r *resource) flink.Traits {
	has := t.capabilities(ctx)
	if r == nil {
		return flink.Traits{Delivery: DeliveryOf(t.operator, ""), RedeployNonce: has.nonce}
	}
	return flink.Traits{
		Delivery: DeliveryOf(t.operator, text(mapping(r.Object, "spec"), "mode")), RedeployNonce: has.nonce,
		ScaleInPlace: r.cannotScale(has) == "",
	}
}

// capabilities is what the installed definitions have.
type capabilities struct {
	nonce     bool // FlinkDeployment: spec.job.savepointRedeployNonce (operator 1.8 and later)
	snapshots bool // the kind FlinkStateSnapshot (1.10 and later)
}

func (t *Target) capabilities(ctx context.Context) capabilities {
	t.traits.Lock()
	defer t.traits.Unlock()
	if !t.traits.read.IsZero() && t.now().Sub(t.traits.read) < traitsLife {
		return t.traits.capabilities
	}
	schema, err := t.schema(ctx)
	if err != nil {
		return capabilities{}
	}
	t.traits.capabilities, t.traits.read = capabilitiesIn(schema), t.now()
	return t.traits.capabilities
}

func (t *Target) schema(ctx context.Context) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(t.base, "/")+schemaPath, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := t.hc.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API server answered %s", response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxSchema))
}

// capabilitiesIn reads the OpenAPI description.
func capabilitiesIn(schema []byte) capabilities {
	var document struct {
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	var found capabilities
	if json.Unmarshal(schema, &document) != nil {
		return found
	}
	for name, body := range document.Components.Schemas {
		switch {
		case strings.HasSuffix(name, ".FlinkDeployment"):
			found.nonce = hasField(body, "spec", "job", "savepointRedeployNonce")
		case strings.HasSuffix(name, ".FlinkStateSnapshot"):
			found.snapshots = hasField(body, "spec", "savepoint", "path")
		}
	}
	return found
}

func hasField(body json.RawMessage, path ...string) bool {
	for _, step := range path {
		var p struct {
			Properties map[string]json.RawMessage `json:"properties"`
		}
		if json.Unmarshal(body, &p) != nil || p.Properties[step] == nil {
			return false
		}
		body = p.Properties[step]
	}
	return true
}
