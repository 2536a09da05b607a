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

// traitsFor says what the runtime can do for an application of this spec, nil
// when there is none. When the schema cannot be read, the way that needs nothing
// of it is assumed.
func (t *Target) traitsFor(ctx context.Context, spec map[string]any) flink.Traits {
	return flink.Traits{
		Delivery: DeliveryOf(t.operator, text(spec, "mode")), RedeployNonce: t.redeployNonce(ctx),
		ScaleInPlace: spec != nil && cannotScale(spec) == "",
	}
}

func (t *Target) redeployNonce(ctx context.Context) bool {
	t.traits.Lock()
	defer t.traits.Unlock()
	if !t.traits.read.IsZero() && t.now().Sub(t.traits.read) < traitsLife {
		return t.traits.nonce
	}
	schema, err := t.schema(ctx)
	if err != nil {
		return false
	}
	t.traits.nonce, t.traits.read = hasRedeployNonce(schema), t.now()
	return t.traits.nonce
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

// hasRedeployNonce looks for spec.job.savepointRedeployNonce of the FlinkDeployment.
func hasRedeployNonce(schema []byte) bool {
	type properties struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	var document struct {
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if json.Unmarshal(schema, &document) != nil {
		return false
	}
	for name, body := range document.Components.Schemas {
		if !strings.HasSuffix(name, ".FlinkDeployment") {
			continue
		}
		for _, step := range []string{"spec", "job", "savepointRedeployNonce"} {
			var p properties
			if json.Unmarshal(body, &p) != nil || p.Properties[step] == nil {
				return false
			}
			body = p.Properties[step]
		}
		return true
	}
	return false
}
