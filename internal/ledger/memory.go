package ledger

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/sluice-flink/sluice/internal/flink"
)

// Memory keeps objects in memory, for tests and simulations.
type Memory struct {
	mu      sync.Mutex
	objects map[string]memoryObject
	writes  int
}

type memoryObject struct {
	body    []byte
	version Version
}

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{objects: map[string]memoryObject{}} }

// Get implements Objects.
func (m *Memory) Get(_ context.Context, key string) ([]byte, Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[key]
	if !ok {
		return nil, "", flink.Errorf(flink.NotFound, "read "+key, "there is no such object")
	}
	return o.body, o.version, nil
}

// Put implements Objects.
func (m *Memory) Put(_ context.Context, key string, body []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, body)
	return nil
}

// PutIf implements Objects.
func (m *Memory) PutIf(_ context.Context, key string, body []byte, v Version) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.objects[key].version != v {
		return flink.Errorf(flink.Conflict, "write "+key, "somebody else wrote first")
	}
	m.put(key, body)
	return nil
}

func (m *Memory) put(key string, body []byte) {
	m.writes++
	m.objects[key] = memoryObject{append([]byte(nil), body...), Version(strconv.Itoa(m.writes))}
}

// Versions implements Objects.
func (m *Memory) Versions(_ context.Context, prefix string) (map[string]Version, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	versions := map[string]Version{}
	for k, o := range m.objects {
		if strings.HasPrefix(k, prefix) {
			versions[k] = o.version
		}
	}
	return versions, nil
}

// Keys implements Objects.
func (m *Memory) Keys(_ context.Context, prefix string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for k := range m.objects {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	return keys, nil
}
