package s3

import (
	"cmp"
	"slices"
	"sync"
)

// claim is a wish to read or to write one key of one bucket.
type claim struct {
	bucket, key string
	write       bool
}

// keys hands out read and write locks by key and forgets those nobody holds.
type keys struct {
	mu   sync.Mutex
	held map[[2]string]*held
}

type held struct {
	sync.RWMutex
	users int
}

// lock takes all claims, in one order for everybody, and returns what releases them.
func (k *keys) lock(claims ...claim) (unlock func()) {
	claims = inOrder(claims)
	for _, c := range claims {
		k.take(c)
	}
	return func() {
		for _, c := range claims {
			k.drop(c)
		}
	}
}

// inOrder sorts claims and keeps one of each key, the writing one if there is any.
func inOrder(claims []claim) []claim {
	sorted := slices.SortedFunc(slices.Values(claims), func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.key, b.key), -cmp.Compare(rank(a), rank(b)))
	})
	return slices.CompactFunc(sorted, func(a, b claim) bool { return a.bucket == b.bucket && a.key == b.key })
}

func rank(c claim) int {
	if c.write {
		return 1
	}
	return 0
}

func (k *keys) take(c claim) {
	k.mu.Lock()
	h := k.held[[2]string{c.bucket, c.key}]
	if h == nil {
		h = &held{}
		k.held[[2]string{c.bucket, c.key}] = h
	}
	h.users++
	k.mu.Unlock()
	if c.write {
		h.Lock()
		return
	}
	h.RLock()
}

func (k *keys) drop(c claim) {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.held[[2]string{c.bucket, c.key}]
	if c.write {
		h.Unlock()
	} else {
		h.RUnlock()
	}
	if h.users--; h.users == 0 {
		delete(k.held, [2]string{c.bucket, c.key})
	}
}
