package api

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go/encoding/cbor"
)

// CloudWatch is spoken to in RPC v2 with CBOR: the operation is in the path.
// Source: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
const (
	cloudWatch      = "/service/GraniteServiceVersion20100801/operation/"
	cborContentType = "application/cbor"
)

// serveCBOR answers a request to CloudWatch.
func serveCBOR(operations map[string]operation, o Options, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	w.Header().Set("Content-Type", cborContentType)
	result, err := answerCBOR(operations, o, w, r)
	if err != nil {
		var f *fault
		if !errors.As(err, &f) {
			f = &fault{http.StatusInternalServerError, "InternalServiceFault", err.Error()}
		}
		w.WriteHeader(f.status)
		result = cbor.Map{"__type": cbor.String("com.amazonaws.cloudwatch#" + f.code), "message": cbor.String(f.message)}
	}
	_, _ = w.Write(cbor.Encode(result)) // a client that has gone needs no answer
}

func answerCBOR(operations map[string]operation, o Options, w http.ResponseWriter, r *http.Request) (cbor.Value, error) {
	if err := signed(o, r); err != nil {
		return nil, err
	}
	name := strings.TrimPrefix(r.URL.Path, cloudWatch)
	do, known := operations[name]
	if !known {
		return nil, badRequest("UnknownOperationException", "the local plane does not know the operation "+name)
	}
	input, err := readCBOR(w, r)
	if err != nil {
		return nil, badRequest("SerializationException", "the request cannot be read: "+err.Error())
	}
	out, err := do(input)
	if err != nil {
		return nil, err
	}
	return toCBOR(out), nil
}

// readCBOR reads a request as the JSON that operations read: a time becomes
// seconds since 1970.
func readCBOR(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := io.Reader(http.MaxBytesReader(w, r.Body, maxRequest))
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = io.LimitReader(unzipped, maxRequest)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	value, err := cbor.Decode(text)
	if err != nil {
		return nil, err
	}
	plain, err := fromCBOR(value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}

func fromCBOR(value cbor.Value) (any, error) {
	switch v := value.(type) {
	case cbor.Map:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inner, err := fromCBOR(v[name])
			if err != nil {
				return nil, err
			}
			out[name] = inner
		}
		return out, nil
	case cbor.List:
		out := []any{}
		for _, item := range v {
			inner, err := fromCBOR(item)
			if err != nil {
				return nil, err
			}
			out = append(out, inner)
		}
		return out, nil
	case *cbor.Tag:
		return fromCBOR(v.Value)
	case cbor.String:
		return string(v), nil
	case cbor.Uint:
		return uint64(v), nil
	case cbor.NegInt:
		return -int64(v), nil
	case cbor.Float64:
		return float64(v), nil
	case cbor.Float32:
		return float64(v), nil
	case cbor.Bool:
		return bool(v), nil
	case *cbor.Nil, *cbor.Undefined:
		return nil, nil
	}
	return nil, fmt.Errorf("a value of type %T", value)
}

// toCBOR writes what an operation answers.
func toCBOR(value any) cbor.Value {
	switch v := value.(type) {
	case map[string]any:
		out := cbor.Map{}
		for name, inner := range v {
			out[name] = toCBOR(inner)
		}
		return out
	case []map[string]any:
		out := cbor.List{}
		for _, inner := range v {
			out = append(out, toCBOR(inner))
		}
		return out
	case map[string]string:
		out := cbor.Map{}
		for name, inner := range v {
			out[name] = cbor.String(inner)
		}
		return out
	case string:
		return cbor.String(v)
	case int:
		return cbor.Uint(v) // never below zero here
	case float64:
		return cbor.Float64(v)
	case bool:
		return cbor.Bool(v)
	case time.Time:
		return &cbor.Tag{ID: 1, Value: cbor.Float64(float64(v.UnixMilli()) / 1000)}
	}
	return cbor.Map{}
}
