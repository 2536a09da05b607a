package whereabouts

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Objects is a client of the plane's S3.
func (w Whereabouts) Objects() *s3.Client {
	return s3.New(s3.Options{Region: w.Region, BaseEndpoint: &w.S3, UsePathStyle: true, Credentials: w.credentials()})
}

// Bus is a client of the plane's EventBridge.
func (w Whereabouts) Bus() *eventbridge.Client {
	return eventbridge.New(eventbridge.Options{Region: w.Region, BaseEndpoint: &w.Events, Credentials: w.credentials()})
}

func (w Whereabouts) credentials() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(w.AccessKey, w.SecretKey, "")
}
