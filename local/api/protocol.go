package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/local/sfn"
)

// maxRequest bounds a request's body, in bytes; the services themselves take 1 MB at most.
const maxRequest = 2 << 20

// fault is an error of an AWS API: a code that the SDK makes an error type of.
type fault struct {
	status        int
	code, message string
}

func (f *fault) Error() string { return f.code + ": " + f.message }

func badRequest(code, message string) error {
	return &fault{status: http.StatusBadRequest, code: code, message: message}
}

// operation answers one API call; the result is written as JSON.
type operation func(input []byte) (any, error)

// handler routes by the header X-Amz-Target, which the protocols of all services in JSON have.
// Source: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
func handler(o Options) http.Handler {
	operations := map[string]operation{
		"AWSEvents.PutEvents":                putEvents(o),
		"AWSStepFunctions.StartExecution":    startExecution(o),
		"AWSStepFunctions.DescribeExecution": describeExecution(o),
		"AWSStepFunctions.ListExecutions":    listExecutions(o),
		"AWSStepFunctions.StopExecution":     stopExecution(o),
		"AWSStepFunctions.SendTaskSuccess":   sendTaskSuccess(o),
		"AWSStepFunctions.SendTaskFailure":   sendTaskFailure(o),
		"AWSStepFunctions.SendTaskHeartbeat": sendTaskHeartbeat(o),
		"AmazonSQS.ReceiveMessage":           receiveMessage(o),
		"AmazonSQS.DeleteMessage":            deleteMessage(o),
		"AmazonSQS.SendMessage":              sendMessage(o),
		"AmazonSQS.GetQueueAttributes":       getQueueAttributes(o),
	}
	alarms := cloudWatchOperations(o)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, cloudWatch) {
			serveCBOR(alarms, o, w, r)
			return
		}
		if strings.HasPrefix(r.Header.Get("Content-Type"), form) {
			serveQuery(o, w, r)
			return
		}
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		result, err := answer(operations, o, w, r)
		if err != nil {
			refuse(w, err)
			return
		}
		_ = json.NewEncoder(w).Encode(result) // a client that has gone needs no answer
	})
}

func answer(operations map[string]operation, o Options, w http.ResponseWriter, r *http.Request) (any, error) {
	if err := signed(o, r); err != nil {
		return nil, err
	}
	target := r.Header.Get("X-Amz-Target")
	do, known := operations[target]
	if !known {
		return nil, badRequest("UnknownOperationException", "the local plane does not know the operation "+target)
	}
	input, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return nil, badRequest("SerializationException", "the request cannot be read: "+err.Error())
	}
	return do(input)
}

// signed holds a request against the plane's own access key.
func signed(o Options, r *http.Request) error {
	if !strings.Contains(r.Header.Get("Authorization"), "Credential="+o.AccessKey+"/") {
		return &fault{http.StatusForbidden, "UnrecognizedClientException", "the request is not signed with the access key of this plane"}
	}
	return nil
}

// refuse writes an error in the form the SDK reads.
func refuse(w http.ResponseWriter, err error) {
	var f *fault
	var refused *sfn.Error
	switch {
	case errors.As(err, &f):
	case errors.As(err, &refused):
		f = &fault{http.StatusBadRequest, refused.Code, refused.Message}
	default:
		f = &fault{http.StatusInternalServerError, "InternalFailure", err.Error()}
	}
	w.WriteHeader(f.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": f.code, "message": f.message})
}

// call reads the input of an operation, strictly: a member that is not
// understood is refused rather than ignored.
func call[In any](do func(In) (any, error)) operation {
	return func(input []byte) (any, error) {
		var in In
		d := json.NewDecoder(strings.NewReader(string(input)))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			return nil, badRequest("ValidationException", "the local plane does not understand the request: "+err.Error())
		}
		return do(in)
	}
}

// epoch is a time as the protocols write it: seconds since 1970, with fraction.
func epoch(t time.Time) *float64 {
	if t.IsZero() {
		return nil
	}
	seconds := float64(t.UnixMilli()) / 1000
	return &seconds
}
