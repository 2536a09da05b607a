// Command echo is a function for tests: it answers, fails, panics, sleeps or
// exits, as its payload says.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type answer struct {
	Process  int
	Greeting string
	Home     string
	Function string
	Left     bool // a deadline was told
}

func main() {
	if os.Getenv("BROKEN") != "" {
		fmt.Println("cannot start")
		os.Exit(3)
	}
	lambda.Start(func(ctx context.Context, do string) (answer, error) {
		switch do {
		case "fail":
			return answer{}, messages.InvokeResponse_Error{Type: "Sluice.LeaseLost", Message: "gone"}
		case "panic":
			panic("no way out")
		case "exit":
			os.Exit(7)
		case "hang":
			select {}
		}
		lc, _ := lambdacontext.FromContext(ctx)
		_, left := ctx.Deadline()
		return answer{os.Getpid(), os.Getenv("GREETING"), os.Getenv("HOME"), lc.InvokedFunctionArn, left}, nil
	})
}
