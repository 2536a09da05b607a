package boot

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

// Start runs the named function under the Lambda runtime and never returns.
func Start(name string) {
	logTo(os.Stderr)
	h, err := Handler(context.Background(), name, os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(h)
}
