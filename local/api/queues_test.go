package api_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"time"

	"github.com/sluice-flink/sluice/local/api"
	"github.com/sluice-flink/sluice/local/bus"
	"github.com/sluice-flink/sluice/local/queues"
	"github.com/sluice-flink/sluice/local/topics"
)

const topic = "arn:aws:sns:eu-west-3:111122223333:calls"

// serveQueues runs an endpoint with one topic and one queue, and says where messages are kept.
func serveQueues(t *testing.T) (config aws.Config, published string) {
	t.Helper()
	published = t.TempDir()
	letters, err := bus.Open(bus.Options{Dir: t.TempDir(), Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(letters.Close)
	server, err := api.Serve(api.Options{
		AccessKey: "AKLOCAL", Account: "111122223333", Region: "eu-west-3", Now: time.Now,
		Topics: topics.Open(published, []string{topic}, t.Logf), Queues: queues.New([]string{"dead"}, letters, time.Now),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return aws.Config{Region: "eu-west-3", BaseEndpoint: aws.String(server.Endpoint()), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKLOCAL", "secret", "")}, published
}

func TestTheSDKPublishesToATopic(t *testing.T) {
	config, dir := serveQueues(t)
	client := sns.NewFromConfig(config)
	out, err := client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topic), Subject: aws.String("orders/fraud"), Message: aws.String("It restarts & restarts.\nNow what?"),
		MessageAttributes: map[string]snstypes.MessageAttributeValue{"application": {DataType: aws.String("String"), StringValue: aws.String("orders/fraud")}}})
	if err != nil || aws.ToString(out.MessageId) == "" {
		t.Fatalf("got %+v, %v", out, err)
	}
	got, err := topics.Published(dir)
	if err != nil || len(got) != 1 || got[0].ID != *out.MessageId || got[0].Text != "It restarts & restarts.\nNow what?" || got[0].Subject != "orders/fraud" || got[0].Attributes["application"] != "orders/fraud" {
		t.Errorf("kept %+v, %v", got, err)
	}
	_, err = client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topic + "x"), Message: aws.String("x")})
	var gone *snstypes.NotFoundException
	if !errors.As(err, &gone) {
		t.Errorf("an unknown topic: %v", err)
	}
	_, err = client.ListTopics(t.Context(), &sns.ListTopicsInput{})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "InvalidAction" {
		t.Errorf("an unknown operation: %v", err)
	}
}

func TestTheSDKReceivesAndDeletesDeadLetters(t *testing.T) {
	config, _ := serveQueues(t)
	client := sqs.NewFromConfig(config)
	url := aws.String("https://sqs.eu-west-3.amazonaws.com/111122223333/dead")
	if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String(`{"a":1}`),
		MessageAttributes: map[string]sqstypes.MessageAttributeValue{"TARGET_ARN": {DataType: aws.String("String"), StringValue: aws.String("arn:machine")}}}); err != nil {
		t.Fatal(err)
	}
	got, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []sqstypes.MessageSystemAttributeName{"All"}, WaitTimeSeconds: 1})
	if err != nil || len(got.Messages) != 1 || *got.Messages[0].Body != `{"a":1}` || *got.Messages[0].MessageAttributes["TARGET_ARN"].StringValue != "arn:machine" {
		t.Fatalf("got %+v, %v", got, err)
	}
	counted, err := client.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: url, AttributeNames: []sqstypes.QueueAttributeName{"All"}})
	if err != nil || counted.Attributes["ApproximateNumberOfMessagesNotVisible"] != "1" || counted.Attributes["ApproximateNumberOfMessages"] != "0" {
		t.Errorf("got %+v, %v", counted, err)
	}
	if _, err := client.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: got.Messages[0].ReceiptHandle}); err != nil {
		t.Fatal(err)
	}
	_, err = client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: aws.String("https://sqs/1/gone")})
	var gone *sqstypes.QueueDoesNotExist
	if !errors.As(err, &gone) {
		t.Errorf("an unknown queue: %v", err)
	}
}
