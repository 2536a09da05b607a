package api

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sluice-flink/sluice/local/topics"
)

// SNS is spoken to in AWS's Query protocol: a form in, XML out.
// Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html

const form = "application/x-www-form-urlencoded"

// published is the answer to Publish.
type published struct {
	XMLName xml.Name `xml:"http://sns.amazonaws.com/doc/2010-03-31/ PublishResponse"`
	ID      string   `xml:"PublishResult>MessageId"`
	Request string   `xml:"ResponseMetadata>RequestId"`
}

type queryFault struct {
	XMLName xml.Name `xml:"http://sns.amazonaws.com/doc/2010-03-31/ ErrorResponse"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
	Request string   `xml:"RequestId"`
}

// serveQuery answers a request of the Query protocol.
func serveQuery(o Options, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/xml")
	id, err := publish(o, w, r)
	if err != nil {
		var f *fault
		if !errors.As(err, &f) {
			f = &fault{http.StatusInternalServerError, "InternalFailure", err.Error()}
		}
		w.WriteHeader(f.status)
		_ = xml.NewEncoder(w).Encode(queryFault{Type: "Sender", Code: f.code, Message: f.message, Request: uuid.NewString()})
		return
	}
	_ = xml.NewEncoder(w).Encode(published{ID: id, Request: uuid.NewString()})
}

func publish(o Options, w http.ResponseWriter, r *http.Request) (string, error) {
	if err := signed(o, r); err != nil {
		return "", err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if err := r.ParseForm(); err != nil {
		return "", badRequest("InvalidParameter", "the request cannot be read: "+err.Error())
	}
	if action := r.PostForm.Get("Action"); action != "Publish" {
		return "", badRequest("InvalidAction", "the local plane does not know the operation "+action)
	}
	m := topics.Message{TopicARN: r.PostForm.Get("TopicArn"), Subject: r.PostForm.Get("Subject"), Text: r.PostForm.Get("Message"), At: o.Now().UTC()}
	var err error
	if m.Attributes, err = attributesOf(r.PostForm); err != nil {
		return "", err
	}
	id, err := o.Topics.Publish(m)
	switch {
	case errors.Is(err, topics.ErrNoTopic):
		return "", &fault{http.StatusNotFound, "NotFound", err.Error()}
	case err != nil:
		return "", badRequest("InvalidParameter", err.Error())
	}
	return id, nil
}

// attributesOf reads the attributes of a message and refuses what is not understood.
func attributesOf(f url.Values) (map[string]string, error) {
	const prefix = "MessageAttributes.entry."
	out := map[string]string{}
	for key := range f {
		if slices.Contains([]string{"Action", "Version", "TopicArn", "Subject", "Message"}, key) {
			continue
		}
		at, member, _ := strings.Cut(strings.TrimPrefix(key, prefix), ".")
		if !strings.HasPrefix(key, prefix) || !slices.Contains([]string{"Name", "Value.DataType", "Value.StringValue"}, member) {
			return nil, badRequest("InvalidParameter", fmt.Sprintf("the local plane does not understand the parameter %s", key))
		}
		if member == "Name" {
			out[f.Get(key)] = f.Get(prefix + at + ".Value.StringValue")
		}
	}
	return out, nil
}
