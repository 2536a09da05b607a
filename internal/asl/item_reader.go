package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
)

// ReadObject is the resource that an ItemReader reads its items with. The
// Caller answers it with what the object holds.
const ReadObject = "arn:aws:states:::s3:getObject"

// itemReader says where a distributed Map reads its items: a JSON array in an
// object of S3, the only one of the readers that is supported here.
// Source: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
type itemReader struct {
	arguments *template
	most      *template // items that are taken, from the first; nil: all
}

func (f *fields) itemReader() *itemReader {
	raw, ok := f.take("ItemReader")
	if !ok {
		return nil
	}
	reader := f.parser.object(raw, f.state, "ItemReader.")
	if resource := reader.required("Resource"); resource != ReadObject && resource != "" {
		reader.fault("Resource", "%q is not supported here: put the items into one object and read it with %s", resource, ReadObject)
	}
	r := &itemReader{arguments: reader.template("Arguments")}
	if r.arguments == nil {
		reader.fault("Arguments", "is missing: it holds Bucket and Key of the object")
	}
	r.most = reader.readerConfig()
	reader.finish()
	return r
}

// readerConfig reads what the object is and how many of its items are taken.
func (f *fields) readerConfig() (most *template) {
	raw, ok := f.take("ReaderConfig")
	if !ok {
		f.fault("ReaderConfig", "is missing: it says {\"InputType\": \"JSON\"}")
		return nil
	}
	config := f.parser.object(raw, f.state, f.prefix+"ReaderConfig.")
	if kind := config.required("InputType"); kind != "JSON" && kind != "" {
		config.fault("InputType", "must be JSON, not %q: other kinds are not supported here", kind)
	}
	most = config.number("MaxItems", 1, math.MaxInt32, true)
	config.finish()
	return most
}

// read reads the items. Whatever goes wrong on the way to them is
// States.ItemReaderFailed, which a retrier may name.
func (r *itemReader) read(v *visit) ([]json.RawMessage, *Error) {
	arguments, err := v.one(r.arguments, "ItemReader/Arguments", v.input)
	if err != nil {
		return nil, err
	}
	most, err := v.number(r.most, "ItemReader/ReaderConfig/MaxItems", math.MaxInt32, 1, math.MaxInt32, true)
	if err != nil {
		return nil, err
	}
	raw, err := r.call(v.ctx, v, arguments)
	if err != nil {
		return nil, err
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil || items == nil {
		return nil, &Error{ErrorItemReaderFailed, fmt.Sprintf("the object that %s names holds no JSON array, but %s", arguments, short(raw))}
	}
	for i := range items {
		items[i], _ = compact(items[i]) // a part of what was read is JSON
	}
	return items[:min(len(items), int(most))], nil
}

func (r *itemReader) call(ctx context.Context, v *visit, arguments json.RawMessage) (json.RawMessage, *Error) {
	if v.Caller == nil {
		return nil, v.failure(ErrorRuntime, "Options.Caller is missing, without which items cannot be read.")
	}
	raw, failed := v.Caller.Call(ctx, ReadObject, arguments)
	switch {
	case ctx.Err() != nil:
		return nil, stopped
	case failed != nil:
		return nil, &Error{ErrorItemReaderFailed, failureOf(failed).Error()}
	}
	return raw, nil
}
