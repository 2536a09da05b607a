package savepoint

import (
	"context"
	"io"
	"time"
)

// Objects is what a Store needs of the object store that savepoints lie in. S3
// has it; Memory keeps it in a map. Errors are *flink.Error: NotFound,
// Conflict, Refused (no right to), Unavailable.
type Objects interface {
	// List gives one page of what lies below a prefix, keys ascending from the first after after.
	List(ctx context.Context, bucket, prefix, after string) (Page, error)
	// Open streams an object from a byte on. With an etag, it has to have that
	// still: otherwise Conflict. What the stream fails with is a *flink.Error too.
	Open(ctx context.Context, bucket, key, etag string, from int64) (io.ReadCloser, error)
	// Delete removes objects of one bucket, at most MaxDelete. What is not there is no error.
	Delete(ctx context.Context, bucket string, keys []string) error
}

// MaxDelete is how many keys one Delete takes, as in S3's DeleteObjects.
const MaxDelete = 1000

// Object is an object as a listing shows it.
type Object struct {
	Key      string
	Size     int64 // bytes
	ETag     string
	Modified time.Time
}

// Page is a part of a listing.
type Page struct {
	Objects []Object
	More    bool
}
