package s3

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// client is a client of the gateway itself.
func (s *Server) client(o Options) *s3.Client {
	return s3.New(s3.Options{
		Region: o.Region, BaseEndpoint: aws.String(s.Endpoint()), UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(o.AccessKey, o.SecretKey, ""),
	})
}

func makeBuckets(ctx context.Context, client *s3.Client, buckets []Bucket) error {
	for _, b := range buckets {
		if err := makeBucket(ctx, client, b); err != nil {
			return fmt.Errorf("make bucket %s: %w", b.Name, err)
		}
	}
	return nil
}

func makeBucket(ctx context.Context, client *s3.Client, b Bucket) error {
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &b.Name})
	var ours *types.BucketAlreadyOwnedByYou
	if err != nil && !errors.As(err, &ours) {
		return err
	}
	if !b.Versioned {
		return nil
	}
	_, err = client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket:                  &b.Name,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	return err
}
