package manifest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-flink/sluice/internal/flink"
)

// read reads a field that is no mapping.
func (f *policyField) read(r *report, n *node, path string, p *flink.Policy) {
	var err error
	switch {
	case n.kind != scalar:
		err = fmt.Errorf("it has to be a single value, and it is %s", n.what())
	case f.duration != nil:
		err = f.duration.read(n, p)
	case f.count != nil:
		err = readCount(n, f.count(p))
	case f.choice != nil:
		err = f.choice.read(n, p)
	default:
		err = f.text.read(n, p)
	}
	if err != nil {
		r.fault(n, path, "%v", err)
	}
}

func (f *durationField) read(n *node, p *flink.Policy) error {
	d, err := parseDuration(n.text())
	switch {
	case strings.HasPrefix(n.literal, "-"):
		return fmt.Errorf("%s is negative; write a duration such as 10m", brief(n.literal))
	case err != nil:
		return fmt.Errorf("%s is no duration; write whole numbers with d, h, m or s, as in 10m or 1h30m", brief(n.literal))
	case d < f.min:
		return fmt.Errorf("%s is too short; write at least %s", brief(n.literal), short(f.min))
	case d > f.max:
		return fmt.Errorf("%s is too long; write at most %s", brief(n.literal), short(f.max))
	}
	*f.into(p) = d
	return nil
}

// short is a duration as a person writes it: 15m, not 15m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func readCount(n *node, into *int64) error {
	v, ok := n.value.(int64)
	if !ok {
		return fmt.Errorf("it has to be a whole number, and it is %s", brief(n.literal))
	}
	if v < 0 {
		return fmt.Errorf("%d is negative; write 0 or more", v)
	}
	*into = v
	return nil
}

func (f *choiceField) read(n *node, p *flink.Policy) error {
	for _, v := range f.values {
		if n.text() == v {
			f.set(p, v)
			return nil
		}
	}
	return fmt.Errorf("%s is not one of %s", brief(n.literal), strings.Join(f.values, ", "))
}

func (f *textField) read(n *node, p *flink.Policy) error {
	if s, ok := n.value.(string); !ok || !regexp.MustCompile(f.pattern).MatchString(s) {
		return fmt.Errorf("%s (%s) is not %s", brief(n.literal), n.what(), f.want)
	}
	f.set(p, n.text())
	return nil
}

// durationPattern is the form of a duration: whole numbers with units, as in
// 7d or 1h30m. There are no fractions and nothing below a second: nobody
// watches a job that closely.
const durationPattern = `^([0-9]{1,9}[dhms])+$`

var (
	durationForm = regexp.MustCompile(durationPattern)
	durationPart = regexp.MustCompile(`([0-9]+)([dhms])`)
	units        = map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
)

// tooLong stands for a sum that would overflow.
const tooLong = 100 * 365 * 24 * time.Hour

func parseDuration(s string) (time.Duration, error) {
	if !durationForm.MatchString(s) {
		return 0, fmt.Errorf("%q is no duration", s)
	}
	var sum time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		count, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil {
			return 0, err
		}
		if unit := units[part[2]]; count > int64(tooLong/unit) {
			sum = tooLong
		} else {
			sum = min(tooLong, sum+time.Duration(count)*unit)
		}
	}
	return sum, nil
}
