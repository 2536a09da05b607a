package rest

import (
	"encoding/json"
	"fmt"
	"time"
)

// maxMoment is the end of the year 9999, in milliseconds: the last moment that
// time.Time can write as JSON.
const maxMoment = 253402300799999

// moment is a time as Flink writes it: milliseconds since 1970, or null, 0 or
// -1 where there is none.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(text []byte) error {
	var ms *int64
	if err := json.Unmarshal(text, &ms); err != nil {
		return err
	}
	switch {
	case ms == nil || *ms <= 0:
		m.Time = time.Time{}
	case *ms > maxMoment:
		return fmt.Errorf("%d is no time in milliseconds", *ms)
	default:
		m.Time = time.UnixMilli(*ms).UTC()
	}
	return nil
}
