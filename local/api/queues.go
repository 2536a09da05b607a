package api

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/sluice-flink/sluice/local/queues"
)

// The shapes below are those of
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html,
// as far as dead letters need them.

// queueName is the last part of a queue's URL.
func queueName(url string) string { return path.Base(url) }

func queueFault(err error) error {
	if errors.Is(err, queues.ErrNoQueue) {
		return &fault{http.StatusBadRequest, "QueueDoesNotExist", err.Error()}
	}
	return err
}

// SQS hands out at most ten messages at once, and hides one for at most twelve hours.
const (
	maxMessages  = 10
	defaultHide  = 30 // seconds
	maxHide      = 12 * 60 * 60
	maxWait      = 20 // seconds of a long poll, which ends at once here
	textDataType = "String"
)

type attributeValue struct{ DataType, StringValue string }

func receiveMessage(o Options) operation {
	type request struct {
		QueueUrl                               string
		MaxNumberOfMessages, VisibilityTimeout *int
		WaitTimeSeconds                        int
		MessageAttributeNames, AttributeNames  []string
		MessageSystemAttributeNames            []string
	}
	return call(func(in request) (any, error) {
		n, hide := 1, defaultHide
		if in.MaxNumberOfMessages != nil {
			n = *in.MaxNumberOfMessages
		}
		if in.VisibilityTimeout != nil {
			hide = *in.VisibilityTimeout
		}
		if n < 1 || n > maxMessages || hide < 0 || hide > maxHide || in.WaitTimeSeconds < 0 || in.WaitTimeSeconds > maxWait {
			return nil, badRequest("InvalidParameterValue", "MaxNumberOfMessages is 1 to 10, VisibilityTimeout 0 to 43200, WaitTimeSeconds 0 to 20")
		}
		got, err := o.Queues.Receive(queueName(in.QueueUrl), n, time.Duration(hide)*time.Second)
		if err != nil {
			return nil, queueFault(err)
		}
		out := map[string]any{}
		if len(got) > 0 {
			out["Messages"] = messages(got, in.MessageAttributeNames)
		}
		return out, nil
	})
}

func messages(got []queues.Message, names []string) []map[string]any {
	var out []map[string]any
	for _, m := range got {
		sum := md5.Sum([]byte(m.Body)) // what the SDK checks
		one := map[string]any{
			"MessageId": m.ID, "ReceiptHandle": m.Receipt, "Body": m.Body, "MD5OfBody": hex.EncodeToString(sum[:]),
			"Attributes": map[string]string{
				"SentTimestamp": strconv.FormatInt(m.Sent.UnixMilli(), 10), "ApproximateReceiveCount": strconv.Itoa(m.Received),
			},
		}
		attributes := map[string]attributeValue{}
		for _, name := range slices.Sorted(maps.Keys(m.Attributes)) {
			if slices.Contains(names, name) || slices.Contains(names, "All") || slices.Contains(names, ".*") {
				attributes[name] = attributeValue{textDataType, m.Attributes[name]}
			}
		}
		if len(attributes) > 0 {
			one["MessageAttributes"] = attributes
		}
		out = append(out, one)
	}
	return out
}

func deleteMessage(o Options) operation {
	type request struct{ QueueUrl, ReceiptHandle string }
	return call(func(in request) (any, error) {
		return struct{}{}, queueFault(o.Queues.Delete(queueName(in.QueueUrl), in.ReceiptHandle))
	})
}

func sendMessage(o Options) operation {
	type request struct {
		QueueUrl, MessageBody string
		MessageAttributes     map[string]attributeValue
	}
	return call(func(in request) (any, error) {
		attributes := map[string]string{}
		for name, value := range in.MessageAttributes {
			if value.DataType != textDataType {
				return nil, badRequest("InvalidParameterValue", fmt.Sprintf("the attribute %s is no %s", name, textDataType))
			}
			attributes[name] = value.StringValue
		}
		id, err := o.Queues.Send(queueName(in.QueueUrl), in.MessageBody, attributes)
		if err != nil {
			return nil, queueFault(err)
		}
		sum := md5.Sum([]byte(in.MessageBody))
		return map[string]string{"MessageId": id, "MD5OfMessageBody": hex.EncodeToString(sum[:])}, nil
	})
}

func getQueueAttributes(o Options) operation {
	type request struct {
		QueueUrl       string
		AttributeNames []string
	}
	return call(func(in request) (any, error) {
		visible, hidden, err := o.Queues.Waiting(queueName(in.QueueUrl))
		if err != nil {
			return nil, queueFault(err)
		}
		return map[string]any{"Attributes": map[string]string{
			"ApproximateNumberOfMessages": strconv.Itoa(visible), "ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
		}}, nil
	})
}
