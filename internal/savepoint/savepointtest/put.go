package savepointtest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/sluice-flink/sluice/internal/savepoint"
)

// Bytes are size bytes that differ from seed to seed.
func Bytes(seed string, size int) []byte {
	line := []byte(seed + "\n")
	return bytes.Repeat(line, size/len(line)+1)[:size]
}

// Put writes a savepoint of so many files of a kilobyte each at a path, and
// gives the keys of all of its objects, _metadata first.
func Put(objects *savepoint.Memory, path string, files int, at time.Time) ([]string, error) {
	dir, err := savepoint.ParsePath(path)
	if err != nil {
		return nil, err
	}
	var state []File
	keys := []string{dir.Key + "/_metadata"}
	for i := range files {
		f := File{Name: fmt.Sprintf("state-%04d", i), Body: Bytes(fmt.Sprintf("%s %d", path, i), 1024)}
		state, keys = append(state, f), append(keys, dir.Key+"/"+f.Name)
		objects.Put(savepoint.Location{Bucket: dir.Bucket, Key: dir.Key + "/" + f.Name}, f.Body, at)
	}
	objects.Put(savepoint.Location{Bucket: dir.Bucket, Key: dir.Key + "/_metadata"}, Metadata(1, state...), at)
	return keys, nil
}
