package task

import (
	"testing"
	"time"
)

func TestWhatHappensSoonIsSeenAtOnceAndWhatTakesLongATwentiethLater(t *testing.T) {
	quick := Config{Poll: 2 * time.Second, FirstPoll: 200 * time.Millisecond}
	cases := map[string]struct {
		config       Config
		waited, want time.Duration
	}{
		"the first look":           {quick, 0, 200 * time.Millisecond},
		"after four seconds":       {quick, 4 * time.Second, 200 * time.Millisecond},
		"after twenty seconds":     {quick, 20 * time.Second, time.Second},
		"after a minute":           {quick, time.Minute, 2 * time.Second},
		"without a pace to begin":  {Config{Poll: 2 * time.Second}, 0, 2 * time.Second},
		"a first pace above Poll":  {Config{Poll: time.Second, FirstPoll: time.Minute}, 0, time.Second},
		"without a pace, much on,": {Config{Poll: 2 * time.Second}, time.Hour, 2 * time.Second},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := c.config.pause(c.waited); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
