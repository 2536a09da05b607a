package sfn

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sluice-flink/sluice/internal/asl"
	"github.com/sluice-flink/sluice/local/lambda"
)

// Invoke calls a function by name or ARN; see lambda.Service.Invoke.
type Invoke func(ctx context.Context, function string, payload []byte) ([]byte, error)

// ReadObject reads an object of S3; an empty version stands for the newest.
type ReadObject func(ctx context.Context, bucket, key, version string) ([]byte, error)

// caller does what a Task's resource, or an ItemReader's, names.
type caller struct {
	invoke Invoke
	read   ReadObject
}

const (
	lambdaInvoke         = "arn:aws:states:::lambda:invoke"
	lambdaInvokeAndAwait = lambdaInvoke + ".waitForTaskToken" // the same call; asl waits for the token's answer
)

// Call implements asl.Caller.
func (c caller) Call(ctx context.Context, resource string, arguments json.RawMessage) (json.RawMessage, error) {
	if resource == asl.ReadObject {
		return c.readItems(ctx, arguments)
	}
	if resource != lambdaInvoke && resource != lambdaInvokeAndAwait {
		return nil, &asl.Error{Name: asl.ErrorRuntime, Cause: fmt.Sprintf("the resource %s is not understood here: only %s and %s are", resource, lambdaInvoke, lambdaInvokeAndAwait)}
	}
	in, err := readArguments(arguments)
	if err != nil {
		return nil, &asl.Error{Name: asl.ErrorRuntime, Cause: err.Error()}
	}
	payload, err := c.invoke(ctx, in.FunctionName, in.Payload)
	if err != nil {
		return nil, failed(err)
	}
	return result(payload)
}

// readItems reads the object of an ItemReader.
func (c caller) readItems(ctx context.Context, arguments json.RawMessage) (json.RawMessage, error) {
	var in struct{ Bucket, Key, VersionId string }
	d := json.NewDecoder(bytes.NewReader(arguments))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || in.Bucket == "" || in.Key == "" {
		return nil, &asl.Error{Name: asl.ErrorRuntime, Cause: fmt.Sprintf("an ItemReader takes Bucket, Key and VersionId, not %s", arguments)}
	}
	if c.read == nil {
		return nil, &asl.Error{Name: asl.ErrorRuntime, Cause: "there is no S3 to read items from"}
	}
	text, err := c.read(ctx, in.Bucket, in.Key, in.VersionId)
	if err != nil {
		return nil, fmt.Errorf("s3://%s/%s: %w", in.Bucket, in.Key, err)
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("s3://%s/%s is no JSON", in.Bucket, in.Key)
	}
	return text, nil
}

// lambdaArguments are the arguments of lambda:invoke that are understood.
type lambdaArguments struct {
	FunctionName   string
	Payload        json.RawMessage
	InvocationType string
}

func readArguments(arguments json.RawMessage) (lambdaArguments, error) {
	var in lambdaArguments
	d := json.NewDecoder(bytes.NewReader(arguments))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return in, fmt.Errorf("the arguments of lambda:invoke are not understood: %w", err)
	}
	if in.InvocationType != "" && in.InvocationType != "RequestResponse" {
		return in, fmt.Errorf("the InvocationType %q is not understood here", in.InvocationType)
	}
	if in.FunctionName == "" {
		return in, errors.New("the arguments of lambda:invoke name no FunctionName")
	}
	if len(in.Payload) == 0 {
		in.Payload = json.RawMessage("{}")
	}
	return in, nil
}

// failed names an error as the integration does: by the function's error type,
// with its whole answer as the cause.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
func failed(err error) error {
	var failure *lambda.Failure
	switch {
	case errors.As(err, &failure):
		return &asl.Error{Name: failure.Type, Cause: string(failure.Payload)}
	case errors.Is(err, lambda.ErrNoFunction):
		return &asl.Error{Name: "Lambda.ResourceNotFoundException", Cause: err.Error()}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err // the state was ended from outside, asl knows why
	}
	return &asl.Error{Name: "Lambda.SdkClientException", Cause: err.Error()}
}

// result is the function's answer as the integration wraps it.
func result(payload []byte) (json.RawMessage, error) {
	if !json.Valid(payload) {
		return nil, &asl.Error{Name: asl.ErrorRuntime, Cause: "the function's answer is no JSON"}
	}
	return json.Marshal(struct {
		ExecutedVersion string
		Payload         json.RawMessage
		StatusCode      int
	}{"$LATEST", payload, 200})
}
