package savepoint

import (
	"errors"
	"strings"

	"github.com/sluice-flink/sluice/internal/flink"
)

// metadataFile is the name of the file that makes a directory a savepoint.
const metadataFile = "_metadata"

var errDots = errors.New("has . or .. in it: write the path in full")

// Location is an object, or what lies below a directory, on S3.
type Location struct{ Bucket, Key string }

// String is its URI.
func (l Location) String() string { return "s3://" + l.Bucket + "/" + l.Key }

// child is what lies in a directory under a name.
func (l Location) child(name string) Location {
	if l.Key == "" {
		return Location{l.Bucket, name}
	}
	return Location{l.Bucket, l.Key + "/" + name}
}

// below says whether l lies in the directory.
func (l Location) below(dir Location) bool {
	return l.Bucket == dir.Bucket && l.Key != dir.Key && (dir.Key == "" || strings.HasPrefix(l.Key, dir.Key+"/"))
}

// prefix is what the keys below a directory begin with.
func (l Location) prefix() string {
	if l.Key == "" {
		return ""
	}
	return l.Key + "/"
}

// ParseLocation reads a URI of S3. The schemes s3, s3a (Hadoop) and s3p
// (Presto) are names of file systems of Flink for the same objects. Several
// slashes are one, as in Flink's Path; a path with . or .. is refused.
func ParseLocation(uri string) (Location, error) {
	const op = "read the path of a savepoint"
	scheme, rest, ok := strings.Cut(uri, "://")
	switch {
	case !ok:
		return Location{}, flink.Errorf(flink.Invalid, op, "%q is no URI: write s3://bucket/path", uri)
	case scheme != "s3" && scheme != "s3a" && scheme != "s3p":
		return Location{}, flink.Errorf(flink.Invalid, op, "%q lies on %q: only s3, s3a and s3p are read", uri, scheme)
	}
	bucket, key, _ := strings.Cut(rest, "/")
	if bucket == "" {
		return Location{}, flink.Errorf(flink.Invalid, op, "%q names no bucket", uri)
	}
	key, err := cleanKey(key)
	if err != nil {
		return Location{}, flink.Errorf(flink.Invalid, op, "%q %w", uri, err)
	}
	return Location{bucket, key}, nil
}

// ParsePath reads the path of a savepoint: its directory, or its _metadata.
func ParsePath(path string) (Location, error) {
	l, err := ParseLocation(path)
	if err != nil {
		return l, err
	}
	if l.Key == metadataFile {
		l.Key = ""
	}
	l.Key = strings.TrimSuffix(l.Key, "/"+metadataFile)
	if l.Key == "" {
		return l, flink.Errorf(flink.Invalid, "read the path of a savepoint", "%q is a whole bucket, no savepoint", path)
	}
	return l, nil
}

// cleanKey drops empty segments and refuses those that lead elsewhere.
func cleanKey(key string) (string, error) {
	var segments []string
	for s := range strings.SplitSeq(key, "/") {
		switch s {
		case "":
		case ".", "..":
			return "", errDots
		default:
			segments = append(segments, s)
		}
	}
	return strings.Join(segments, "/"), nil
}

// locate finds the object of a file of the savepoint in dir.
func (f File) locate(dir Location) (Location, error) {
	if !f.Relative {
		l, err := ParseLocation(f.Name)
		if err == nil && l.Key == "" {
			err = flink.Errorf(flink.Invalid, readOp, "%w: the file %q is a whole bucket", ErrDamaged, f.Name)
		}
		return l, err
	}
	key, err := cleanKey(f.Name)
	if err != nil || key != f.Name {
		return Location{}, flink.Errorf(flink.Invalid, readOp, "%w: the file %q is no name within the savepoint", ErrDamaged, f.Name)
	}
	return dir.child(key), nil
}
