package boot

import (
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxRefusal bounds what is read of an answer that is an error, in bytes: the
// AWS SDK reads those whole. AWS' own have some hundred.
const maxRefusal = 1 << 20

// answers is an HTTP client whose refusals have an end.
type answers struct{ aws.HTTPClient }

// Do implements aws.HTTPClient.
func (a answers) Do(request *http.Request) (*http.Response, error) {
	response, err := a.HTTPClient.Do(request)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		response.Body = bounded{io.LimitReader(response.Body, maxRefusal), response.Body}
	}
	return response, err
}

type bounded struct {
	io.Reader
	io.Closer
}
