package rest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// idLength is the length of Flink's job and trigger ids, in hexadecimal digits.
const idLength = 32

// TriggerID derives an operation's id from the given strings, so that the same
// request sent twice is one operation. Say what the operation is among them:
// Flink keeps savepoints and stops of a job under one key, and takes a stop
// that carries a savepoint's id for that savepoint, already made.
func TriggerID(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		var length [8]byte // so that ("ab", "c") and ("a", "bc") differ
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		h.Write(length[:])
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil))[:idLength]
}

func isID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == idLength
}

// checkIDs refuses what is no id before it becomes part of a path.
func checkIDs(op string, ids ...string) error {
	for _, id := range ids {
		if !isID(id) {
			return rejected(op, "%q is no Flink id: 32 hexadecimal digits are needed", clip(id, 80))
		}
	}
	return nil
}
